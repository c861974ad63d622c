/** `npm run strings`: writes l10n/bundle.l10n.json, the sentences that translations are made from. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { root } from './lib/paths.mjs';
import { stringsBundle } from './lib/strings.mjs';

try {
  const bundle = await stringsBundle();
  await mkdir(path.join(root, 'l10n'), { recursive: true });
  await writeFile(path.join(root, 'l10n', 'bundle.l10n.json'), bundle);
  console.log(`l10n/bundle.l10n.json: ${Object.keys(JSON.parse(bundle)).length} sentences`);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
