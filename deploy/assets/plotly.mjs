// plotly.js in two files: what most pages draw, and the chart types of few pages, built on the modules of the first.
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

/** Takes the modules of `shared` (paths below `here`) from the first file, where they stand in this order. */
const fromTheFirst = (here, shared) => ({
  name: 'from-the-first',
  setup(context) {
    const places = new Map(shared.map((path, place) => [join(here, path), place]));
    context.onLoad({ filter: /\.m?js$/ }, ({ path }) =>
      places.has(path) ? { contents: `module.exports = shared[${places.get(path)}]();`, loader: 'js' } : undefined,
    );
  },
});

const bundled = (here, contents, options, plugins) =>
  build({
    absWorkingDir: here,
    stdin: { contents, resolveDir: here },
    write: false,
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2018',
    legalComments: 'none',
    loader: { '.css': 'empty' }, // only maps bring a style sheet, and no map is registered
    define: { global: 'window', 'define.amd': 'false' },
    metafile: true,
    ...options,
    plugins: [...plugins, dropDescriptions],
  });

const inputs = ({ metafile }) => Object.keys(metafile.inputs).filter((path) => path.includes('node_modules/'));

function written(outfile, bytes) {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  writeFileSync(outfile, bytes);
  writeFileSync(`${outfile}.gz`, gzipSync(bytes, { level: 9 }));
  writeFileSync(`${outfile}.br`, brotliCompressSync(bytes, { params }));
  const name = basename(outfile);
  return [name, `${name}.gz`, `${name}.br`];
}

function packages({ metafile }) {
  const used = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.entries(inputs));
  return used
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([input]) => input.match(/^.*node_modules\/(?:@[^/]+\/)?[^/]+/)?.[0])
    .filter(Boolean);
}

/**
 * Writes plotly-<version>.min.js and plotly-<version>-more.min.js with their .gz and .br into `folder`; returns the file
 * names and the packages inside. The second may come before the first or after it: `PlotlyMore` is where they meet, and
 * an event `plotly-more` tells the page when its chart types are known.
 */
export async function buildPlotly(here, folder) {
  const { version } = JSON.parse(readFileSync(join(here, 'node_modules/plotly.js/package.json'), 'utf8'));
  const banner = { js: `/*! plotly.js v${version} (custom bundle), MIT; licences of all parts: LICENSES.md */` };
  const entry = (name) => `module.exports = require('./${name}');`;
  const first = inputs(await bundled(here, entry('plotly-entry.js'), {}, []));
  const second = inputs(await bundled(here, entry('plotly-more.js'), {}, []));
  const shared = first.filter((path) => second.includes(path)).sort();

  const offered = shared.map((path) => `() => require('./${path}')`).join(',');
  const main = await bundled(
    here,
    `const Plotly = module.exports = require('./plotly-entry.js');
    const shared = [${offered}];
    const extend = (more) => { Plotly.register(more(shared)); Plotly.more = true; dispatchEvent(new Event('plotly-more')); };
    if (window.PlotlyMore) extend(window.PlotlyMore); else window.PlotlyMore = extend;`,
    { globalName: 'Plotly', banner },
    [],
  );
  const more = await bundled(
    here,
    entry('plotly-more.js'),
    {
      globalName: 'types',
      banner: { js: `${banner.js}\n(() => { const more = (shared) => {` },
      footer: { js: 'return types; };\nif (window.PlotlyMore) PlotlyMore(more); else window.PlotlyMore = more; })();' },
    },
    [fromTheFirst(here, shared)],
  );
  return {
    version,
    files: [
      ...written(join(folder, `plotly-${version}.min.js`), main.outputFiles[0].contents),
      ...written(join(folder, `plotly-${version}-more.min.js`), more.outputFiles[0].contents),
    ],
    packages: [...new Set([...packages(main), ...packages(more)])].sort(),
  };
}
