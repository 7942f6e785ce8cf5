// node build.mjs ASSETS: writes ASSETS/vendor and the app icons of ASSETS from the packages in ./node_modules.
// See README.md for the commands; the same lock file gives the same bytes.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildIcons } from './icons.mjs';
import { buildInter } from './inter.mjs';
import { buildMark } from './mark.mjs';
import { buildPlotly } from './plotly.mjs';
import { buildRegenerator } from './regenerator.mjs';

const here = dirname(fileURLToPath(import.meta.url));
if (process.argv.length !== 3) throw new Error('usage: node build.mjs ASSETS');
const assets = resolve(process.argv[2]);
const vendor = join(assets, 'vendor');

function about(folder) {
  const { name, version, license, author } = JSON.parse(readFileSync(join(here, folder, 'package.json'), 'utf8'));
  const file = readdirSync(join(here, folder)).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file
    ? readFileSync(join(here, folder, file), 'utf8').trim().replace(/[^\S\n]+$/gm, '')
    : `The package names its licence in package.json only. Author: ${author?.name ?? author}`;
  return { name, version, licence: license, text };
}

function licences(parts, inside) {
  const section = ({ name, version, licence, text }) =>
    `### ${name} ${version} (${licence})\n\n\`\`\`text\n${text}\n\`\`\`\n`;
  return `# Licences of the vendored files

Written by deploy/assets; do not edit. The files are unchanged but for what deploy/assets/README.md says.

## Packages

${parts.map(section).join('\n')}
## Parts of the plotly.js bundle

${inside.map(section).join('\n')}`;
}

rmSync(vendor, { recursive: true, force: true });
mkdirSync(vendor, { recursive: true });

const plotly = await buildPlotly(here, vendor);
const [plotlyJs, inter, tabler, regenerator] = [
  'plotly.js',
  '@fontsource-variable/inter',
  '@tabler/icons',
  'regenerator-runtime',
].map((name) => about(`node_modules/${name}`));
const inside = plotly.packages.filter((folder) => folder !== 'node_modules/plotly.js').map(about);
writeFileSync(join(vendor, 'LICENSES.md'), licences([plotlyJs, inter, tabler, regenerator], inside));

const manifest = {};
const record = (prefix, files, { name, version, licence }) => {
  for (const file of files) {
    const sha256 = createHash('sha256').update(readFileSync(join(assets, prefix + file))).digest('hex');
    manifest[prefix + file] = { sha256, version, licence, source: name };
  }
};
const own = { ...JSON.parse(readFileSync(join(here, 'package.json'), 'utf8')), licence: 'own' };
record('vendor/', plotly.files, plotlyJs);
record('vendor/', buildRegenerator(here, vendor), regenerator);
record('vendor/', buildInter(here, vendor), inter);
record('vendor/', buildIcons(here, vendor), tabler);
record('vendor/', ['LICENSES.md'], own);
record('', buildMark(assets), own);
writeFileSync(join(vendor, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
