import type { ModelDescription } from '../graph/layers';
import { checkpointTensors } from '../graph/model-graph';
import { UserError } from '../protocol/errors';
import { ConfigReader } from './config';
import { falconH1 } from './falcon-h1';
import { granitemoehybrid } from './granitemoehybrid';
import { lfm2 } from './lfm2';
import { llama } from './llama';
import { mamba2 } from './mamba2';
import { qwen2 } from './qwen2';
import { qwen35Text } from './qwen3-5';
import { qwen3Next } from './qwen3-next';
import { striped } from './striped';

/** Families by `model_type` of config.json: a new one is one file here and one line. */
const families: Record<string, (config: unknown) => ModelDescription> = {
  striped,
  mamba2,
  llama,
  qwen2,
  lfm2,
  granitemoehybrid,
  falcon_h1: falconH1,
  qwen3_5_text: qwen35Text,
  qwen3_next: qwen3Next,
};

export const familyNames = Object.keys(families);

/** The family's name, or undefined where the config has none. */
export function familyOf(config: unknown): string | undefined {
  const type = ConfigReader.of(config).raw('model_type');
  return typeof type === 'string' ? type : undefined;
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
