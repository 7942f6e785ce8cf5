// One self-contained plotly.js file with the trace types of plotly-entry.js.
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { parse } from 'acorn';
import { full } from 'acorn-walk';
import { build } from 'esbuild';

const isText = (node) =>
  (node.type === 'Literal' && typeof node.value === 'string') ||
  (node.type === 'BinaryExpression' && node.operator === '+' && isText(node.left) && isText(node.right)) ||
  (node.type === 'CallExpression' &&
    node.callee.type === 'MemberExpression' &&
    node.callee.object.type === 'ArrayExpression' &&
    node.callee.property.name === 'join');

/** Empties the constant `description` texts of plotly's attribute tables: documentation, 12 % of the bundle, read by no drawing code. */
const dropDescriptions = {
  name: 'drop-descriptions',
  setup(context) {
    context.onLoad({ filter: /[\\/]plotly\.js[\\/]src[\\/].*\.js$/ }, ({ path }) => {
      let source = readFileSync(path, 'utf8');
      const texts = [];
      full(parse(source, { ecmaVersion: 'latest', sourceType: 'script' }), (node) => {
        if (node.type === 'Property' && node.key.name === 'description' && isText(node.value)) texts.push(node.value);
      });
      texts.sort((a, b) => b.start - a.start);
      for (const { start, end } of texts) source = `${source.slice(0, start)}''${source.slice(end)}`;
      return { contents: source, loader: 'js' };
    });
  },
};

/** Writes plotly-<version>.min.js with its .gz and .br into `folder`; returns the file names and the packages inside. */
export async function buildPlotly(here, folder) {
  const { version } = JSON.parse(readFileSync(join(here, 'node_modules/plotly.js/package.json'), 'utf8'));
  const outfile = join(folder, `plotly-${version}.min.js`);
  const { metafile } = await build({
    absWorkingDir: here,
    entryPoints: ['plotly-entry.js'],
    outfile,
    bundle: true,
    minify: true,
    format: 'iife',
    globalName: 'Plotly',
    target: 'es2018',
    legalComments: 'none',
    banner: { js: `/*! plotly.js v${version} (custom bundle), MIT; licences of all parts: LICENSES.md */` },
    loader: { '.css': 'empty' }, // only maps bring a style sheet, and no map is registered
    define: { global: 'window', 'define.amd': 'false' },
    plugins: [dropDescriptions],
    metafile: true,
  });
  const bytes = readFileSync(outfile);
  writeFileSync(`${outfile}.gz`, gzipSync(bytes, { level: 9 }));
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  writeFileSync(`${outfile}.br`, brotliCompressSync(bytes, { params }));
  const used = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.entries(inputs));
  const folders = used
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([input]) => input.match(/^.*node_modules\/(?:@[^/]+\/)?[^/]+/)?.[0]);
  const name = basename(outfile);
  return { version, files: [name, `${name}.gz`, `${name}.br`], packages: [...new Set(folders.filter(Boolean))].sort() };
}
