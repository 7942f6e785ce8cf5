// Inter Variable: the upright weight axis, in the scripts the product is written in.
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { versioned } from './versioned.mjs';

const SUBSETS = ['latin', 'latin-ext', 'cyrillic', 'greek'];

/** Copies inter-<subset>.woff2 into `folder` and writes inter.css; returns the file names. */
export function buildInter(here, folder) {
  const source = join(here, 'node_modules/@fontsource-variable/inter');
  const ranges = JSON.parse(readFileSync(join(source, 'unicode.json'), 'utf8'));
  const faces = SUBSETS.map((subset) => {
    copyFileSync(join(source, `files/inter-${subset}-wght-normal.woff2`), join(folder, `inter-${subset}.woff2`));
    return `@font-face {
  font-family: 'Inter Variable';
  font-style: normal;
  font-weight: 100 900;
  font-display: swap;
  src: url('${versioned(folder, `inter-${subset}.woff2`)}') format('woff2');
  unicode-range: ${ranges[subset].replaceAll(',', ', ')};
}
`;
  });
  const head = '/* Inter Variable, SIL Open Font License 1.1, see LICENSES.md. Written by deploy/assets; do not edit. */\n';
  writeFileSync(join(folder, 'inter.css'), head + faces.join(''));
  return ['inter.css', ...SUBSETS.map((subset) => `inter-${subset}.woff2`)];
}
