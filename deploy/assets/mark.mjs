// The product's own mark in the forms that browsers and phones ask for.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Resvg } from '@resvg/resvg-js';

const INDIGO = '#4f46e5';
const BARS = [[104, 320], [216, 256], [328, 192]];
const FLOOR = 424;

/** The mark on a 512 grid. `radius` rounds the tile; `scale` shrinks the picture into a maskable icon's safe circle. */
function mark({ radius = 112, scale = 1 } = {}) {
  const bars = BARS.map(([x, y]) => `<rect x="${x}" y="${y}" width="80" height="${FLOOR - y}" rx="20"/>`).join('');
  return `<svg xmlns="http://www.w3.org/2000/svg" width="512" height="512" viewBox="0 0 512 512">
<rect width="512" height="512" rx="${radius}" fill="${INDIGO}"/>
<g transform="translate(256 256) scale(${scale}) translate(-256 -256)">
<g fill="#fff" fill-opacity=".55">${bars}</g>
<path d="M144 224 368 96" fill="none" stroke="#fff" stroke-width="44" stroke-linecap="round"/>
</g>
</svg>
`;
}

const png = (svg, size) => new Resvg(svg, { fitTo: { mode: 'width', value: size } }).render().asPng();

/** An .ico that holds PNG pictures (6-byte header, 16 bytes for each picture, then the pictures). */
function ico(svg, sizes) {
  const pictures = sizes.map((size) => png(svg, size));
  const head = Buffer.alloc(6 + 16 * sizes.length);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(sizes.length, 4);
  let offset = head.length;
  pictures.forEach((picture, index) => {
    const at = 6 + 16 * index;
    head.writeUInt8(sizes[index], at);
    head.writeUInt8(sizes[index], at + 1);
    head.writeUInt16LE(1, at + 4);
    head.writeUInt16LE(32, at + 6);
    head.writeUInt32LE(picture.length, at + 8);
    head.writeUInt32LE(offset, at + 12);
    offset += picture.length;
  });
  return Buffer.concat([head, ...pictures]);
}

/** Writes the favicons and app icons into `folder`; returns the file names. */
export function buildMark(folder) {
  const files = {
    'favicon.svg': mark(),
    'favicon.ico': ico(mark(), [16, 32, 48]),
    'icon-192.png': png(mark(), 192),
    'icon-512.png': png(mark(), 512),
    'icon-maskable-512.png': png(mark({ radius: 0, scale: 0.8 }), 512),
    'apple-touch-icon.png': png(mark({ radius: 0, scale: 0.9 }), 180),
  };
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
  return Object.keys(files);
}
