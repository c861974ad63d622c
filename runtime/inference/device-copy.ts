import { GraphBuilder } from '../graph/builder';
import { openGraph, type ExecutionProvider, type Session, type Tensor } from './session';

/** Takes single tensors from a device to main memory, which waits for everything that was given to the device before. */
export class DeviceCopy {
  private copying: Promise<Session> | undefined;

  constructor(private readonly provider: ExecutionProvider) {}

  /** @param tensor float32 of two dimensions */
  async read(tensor: Tensor): Promise<Float32Array> {
    if (tensor.location === 'cpu') return tensor.data as Float32Array;
    const session = await (this.copying ??= openGraph(copyGraph(), this.provider));
    return (await session.run({ from: tensor }, ['to']))['to']!.data as Float32Array;
  }

  async close(): Promise<void> {
    await (await this.copying)?.release();
  }
}

/** What comes out of a session lies where that session says. */
function copyGraph(): Uint8Array {
  const graph = new GraphBuilder();
  const shape = ['rows', 'columns'];
  graph.output(graph.input('from', 'float32', shape), 'to', 'float32', shape);
  return graph.finish('copy');
}
