import { encoderTensors } from '../graph/encoder-graph';
import type { EncoderDescription } from '../graph/encoder-layers';
import type { ModelDescription } from '../graph/layers';
import { checkpointTensors } from '../graph/model-graph';
import { UserError } from '../protocol/errors';
import { based } from './based';
import { ConfigReader } from './config';
import { falconH1 } from './falcon-h1';
import { granitemoehybrid } from './granitemoehybrid';
import { hyena } from './hyena';
import { lfm2 } from './lfm2';
import { llama } from './llama';
import { m2Bert } from './m2-bert';
import { falconMamba, mamba } from './mamba';
import { mamba2 } from './mamba2';
import { qwen2 } from './qwen2';
import { familyBySigns } from './signs';
import { qwen35, qwen35Text } from './qwen3-5';
import { qwen3Next } from './qwen3-next';
import { striped } from './striped';
import { stripedHyena } from './stripedhyena';

export { textConfig } from './text-config';

/** Families by `model_type` of config.json: a new one is one file here and one line. */
const families: Record<string, (config: unknown) => ModelDescription> = {
  striped,
  mamba2,
  mamba,
  falcon_mamba: falconMamba,
  based,
  stripedhyena: stripedHyena,
  hyena,
  granitemoehybrid,
  falcon_h1: falconH1,
  lfm2,
  llama,
  qwen2,
  qwen3_5: qwen35,
  qwen3_5_text: qwen35Text,
  qwen3_next: qwen3Next,
};

/** Families that make vectors of texts instead of reading and writing them. */
const encoders: Record<string, (config: unknown) => EncoderDescription> = { m2_bert: m2Bert };

/** What weights are compiled for. */
export type Described = ModelDescription | EncoderDescription;

export function isEncoder(described: Described): described is EncoderDescription {
  return 'kind' in described;
}

/** The family's name, or undefined where the config has none and is none of a kind that is known without it. */
export function familyOf(config: unknown): string | undefined {
  const read = ConfigReader.of(config);
  const type = read.raw('model_type');
  return typeof type === 'string' ? type : familyBySigns(read);
}

/** @throws UserError where the family is unknown or a value is not one that can be computed */
export function describeModel(config: unknown): ModelDescription {
  return described(config, families);
}

/** @throws UserError where the family is no encoder's or a value is not one that can be computed */
export function describeEncoder(config: unknown): EncoderDescription {
  return described(config, encoders);
}

export function isEncoderConfig(config: unknown): boolean {
  const family = familyOf(config);
  return family !== undefined && Object.hasOwn(encoders, family);
}

function described<T>(config: unknown, known: Record<string, (config: unknown) => T>): T {
  const family = familyOf(config);
  if (family === undefined || !Object.hasOwn(known, family)) throw unsupported(family, known);
  return known[family]!(config);
}

/** A family of the other kind is no unknown one. */
function unsupported(family: string | undefined, known: object): UserError {
  if (family !== undefined && known === families && Object.hasOwn(encoders, family))
    return new UserError(
      `config.json: models of type "${family}" are encoders: they make vectors of texts, and write nothing. ` +
        'Choose it in "longview.models.encoder", and a language model here.',
    );
  if (family !== undefined && known === encoders && Object.hasOwn(families, family))
    return new UserError(
      `config.json: models of type "${family}" write texts and are no encoders. ` +
        `Supported as encoders: ${Object.keys(encoders).join(', ')}.`,
    );
  return new UserError(
    `config.json: models of type "${family ?? '(none)'}" are not supported${known === encoders ? ' as encoders' : ''}. ` +
      `Supported: ${Object.keys(known).join(', ')}.`,
  );
}

/** Every tensor that the checkpoint must hold, with its shape. */
export function describedTensors(described: Described): Map<string, number[]> {
  return isEncoder(described) ? encoderTensors(described) : checkpointTensors(described);
}

/** Complains of the first tensor that the checkpoint lacks or holds in another shape. */
export function checkCheckpoint(
  model: Described,
  shapeOf: (name: string) => readonly number[] | undefined,
): void {
  for (const [name, expected] of describedTensors(model)) {
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
