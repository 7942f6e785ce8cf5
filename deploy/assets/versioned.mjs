// Addresses that change with the content, so that browsers may keep what is behind them.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The address of `name`, a file of `folder`, for a style sheet beside it: `icons.svg?v=0f3a...`. */
export function versioned(folder, name) {
  return `${name}?v=${createHash('sha256').update(readFileSync(join(folder, name))).digest('hex').slice(0, 12)}`;
}
