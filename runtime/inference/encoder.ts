import type { EncoderDescription } from '../graph/encoder-layers';
import { encoderNames } from '../graph/encoder-graph';
import { probeOutput } from '../graph/model-graph';
import type { PrepareOptions } from '../models/compiled-cache';
import { prepareEncoder } from '../models/encoder-folder';
import { UserError } from '../protocol/errors';
import { openSession, type Session, type SessionOptions } from './session';

export interface Encoded {
  /** One for each text, [width]. */
  vectors: Float32Array[];
  /** What the first mixer gave, where the graph was built with the probe: [texts * length, width]. */
  probe?: Float32Array;
}

/** What is needed to run a prepared encoder. Plain data. */
export interface EncoderOptions extends Omit<SessionOptions, 'onDevice'> {
  description: EncoderDescription;
}

/** Makes vectors of texts. Unlike a language model it keeps nothing: a text is taken whole. */
export class Encoder {
  private constructor(
    private readonly session: Session,
    readonly description: EncoderDescription,
  ) {}

  /** @throws UserError where the folder holds no encoder or its files are missing, damaged or do not fit */
  static async load(options: PrepareOptions & { threads?: number }): Promise<Encoder> {
    const { description, graphPath } = await prepareEncoder(options);
    const { threads = 1 } = options;
    return Encoder.open({ graphPath, description, threads });
  }

  static async open({ description, ...options }: EncoderOptions): Promise<Encoder> {
    return new Encoder(await openSession(options), description);
  }

  /** @throws UserError where a text is longer than the encoder takes, or holds an id that it does not know */
  async encode(texts: readonly (readonly number[])[]): Promise<Encoded> {
    if (texts.length === 0) return { vectors: [] };
    const { length, width } = this.description;
    const ids = texts.flatMap((text) => this.padded(text));
    const feeds = { [encoderNames.ids]: this.session.integers(ids, [texts.length, length]) };
    const outputs = await this.session.run(feeds, this.session.outputs);
    const all = outputs[encoderNames.vectors]!.data as Float32Array;
    const vectors = texts.map((_, i) => all.slice(i * width, (i + 1) * width));
    const probe = outputs[probeOutput]?.data as Float32Array | undefined;
    return probe ? { vectors, probe } : { vectors };
  }

  close(): Promise<void> {
    return this.session.release();
  }

  private padded(text: readonly number[]): number[] {
    const { length, padding, vocabulary, family } = this.description;
    if (text.length > length)
      throw new UserError(
        `A text of ${text.length} tokens is longer than this ${family} takes (${length}). Shorten or split it.`,
      );
    const unknown = text.find((id) => !Number.isInteger(id) || id < 0 || id >= vocabulary);
    if (unknown !== undefined)
      throw new UserError(
        `The encoder knows no token ${unknown}: it has ${vocabulary}. Use its own tokeniser.`,
      );
    return [...text, ...new Array<number>(length - text.length).fill(padding)];
  }
}
