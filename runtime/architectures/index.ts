import type { ModelDescription } from '../graph/layers';
import { checkpointTensors } from '../graph/model-graph';
import { UserError } from '../protocol/errors';
import { based } from './based';
import { ConfigReader } from './config';
import { hyena } from './hyena';
import { falconMamba, mamba } from './mamba';
import { mamba2 } from './mamba2';
import { familyBySigns } from './signs';
import { striped } from './striped';
import { stripedHyena } from './stripedhyena';

/** Families by `model_type` of config.json: a new one is one file here and one line. */
const families: Record<string, (config: unknown) => ModelDescription> = {
  striped,
  mamba2,
  mamba,
  falcon_mamba: falconMamba,
  based,
  stripedhyena: stripedHyena,
  hyena,
};

export const familyNames = Object.keys(families);

/** The family's name, or undefined where the config has none and is none of a kind that is known without it. */
export function familyOf(config: unknown): string | undefined {
  const read = ConfigReader.of(config);
  const type = read.raw('model_type');
  return typeof type === 'string' ? type : familyBySigns(read);
}

/** @throws UserError where the family is unknown or a value is not one that can be computed */
export function describeModel(config: unknown): ModelDescription {
  const family = familyOf(config);
  if (family === undefined || !Object.hasOwn(families, family))
    throw new UserError(
      `config.json: models of type "${family ?? '(none)'}" are not supported. Supported: ${familyNames.join(', ')}.`,
    );
  return families[family]!(config);
}

/** Complains of the first tensor that the checkpoint lacks or holds in another shape. */
export function checkCheckpoint(
  model: ModelDescription,
  shapeOf: (name: string) => readonly number[] | undefined,
): void {
  for (const [name, expected] of checkpointTensors(model)) {
    const found = shapeOf(name);
    if (!found)
      throw new UserError(
        `The weights lack the tensor "${name}" that config.json asks for: config and weights belong to different models, ` +
          'or the download is incomplete. Download the model again.',
      );
    if (found.length !== expected.length || found.some((size, axis) => size !== expected[axis]))
      throw new UserError(
        `The tensor "${name}" has the shape [${found.join(', ')}], but config.json asks for [${expected.join(', ')}]: ` +
          'config and weights belong to different models. Download the model again.',
      );
  }
}
