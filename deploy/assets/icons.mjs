// Tabler outline icons as one picture: symbols for <use>, and the same symbols in a column for CSS masks.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { versioned } from './versioned.mjs';

const SIZE = 24;
const STROKE = 1.75;

function inner(here, name) {
  const svg = readFileSync(join(here, `node_modules/@tabler/icons/icons/outline/${name}.svg`), 'utf8');
  return svg
    .replace(/^[\s\S]*?<svg[^>]*>/, '')
    .replace('</svg>', '')
    .replace(/<path stroke="none"[^>]*\/>/, '')
    .replace(/\s*\n\s*/g, '');
}

function sprite(here, names) {
  const symbols = names.map((name) => `<symbol id="i-${name}" viewBox="0 0 ${SIZE} ${SIZE}">${inner(here, name)}</symbol>`);
  const column = names.map((name, row) => `<use href="#i-${name}" y="${row * SIZE}" width="${SIZE}" height="${SIZE}"/>`);
  const height = names.length * SIZE;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${SIZE}" height="${height}" viewBox="0 0 ${SIZE} ${height}" \
fill="none" stroke="currentColor" stroke-width="${STROKE}" stroke-linecap="round" stroke-linejoin="round">
<!-- Tabler Icons, MIT, see LICENSES.md. Written by deploy/assets; do not edit. -->
${symbols.join('\n')}
${column.join('\n')}
</svg>
`;
}

function styles(names, file) {
  const rules = names.map((name, row) => {
    const percent = +((row / (names.length - 1)) * 100).toFixed(4);
    return `.icon-${name} { -webkit-mask-position: 0 ${percent}%; mask-position: 0 ${percent}% }`;
  });
  return `/* Tabler Icons, MIT, see LICENSES.md. Written by deploy/assets; do not edit.
   <span class="icon icon-home" aria-hidden="true">: takes the text's colour and, by default, 1.25 times its size. */
.icon {
  display: inline-block;
  flex: none;
  width: var(--icon-size, 1.25em);
  height: var(--icon-size, 1.25em);
  vertical-align: -0.25em;
  background-color: currentColor;
  -webkit-mask: url('${file}') no-repeat 0 0 / 100% ${names.length * 100}%;
  mask: url('${file}') no-repeat 0 0 / 100% ${names.length * 100}%;
}
@media (forced-colors: active) {
  .icon { forced-color-adjust: none; background-color: CanvasText }
}
${rules.join('\n')}
`;
}

/** Writes icons.svg and icons.css for the names of icons.json into `folder`; returns the file names. */
export function buildIcons(here, folder) {
  const names = JSON.parse(readFileSync(join(here, 'icons.json'), 'utf8'));
  writeFileSync(join(folder, 'icons.svg'), sprite(here, names));
  writeFileSync(join(folder, 'icons.css'), styles(names, versioned(folder, 'icons.svg')));
  return ['icons.svg', 'icons.css'];
}
