// The name `regeneratorRuntime`, which Dash's bundles expect of a polyfill for old browsers that is 15 times as large.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { transformSync } from 'esbuild';

/** Writes regenerator-runtime.min.js into `folder`; returns the file names. */
export function buildRegenerator(here, folder) {
  const name = 'regenerator-runtime.min.js';
  const source = readFileSync(join(here, 'node_modules/regenerator-runtime/runtime.js'), 'utf8');
  const { code } = transformSync(source, { minify: true, target: 'es2018', legalComments: 'none' });
  writeFileSync(join(folder, name), `/*! regenerator-runtime, Facebook, MIT: LICENSES.md */\n${code}`);
  return [name];
}
