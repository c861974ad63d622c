/**
 * Makes an embedded model from one with original weights:
 * `npx tsx scripts/build-model.ts SOURCE_FOLDER TARGET_FOLDER [--precision w8u]`
 */
import { isPrecision, precisionNames } from '../runtime/graph/precision';
import { buildModelFolder } from '../runtime/models/build-folder';
import { parseArgs } from 'node:util';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { precision: { type: 'string', default: 'w8u' } },
});
const [source, target] = positionals;
if (!source || !target || !isPrecision(values.precision)) {
  console.error(`Usage: build-model SOURCE_FOLDER TARGET_FOLDER [--precision ${precisionNames.join('|')}]`);
  process.exit(2);
}
buildModelFolder(source, target, values.precision).then(
  ({ bytes }) => console.log(`${target}: ${values.precision}, weights ${(bytes / 1e6).toFixed(1)} MB`),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
