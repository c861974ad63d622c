import type { Value } from '../builder';
import type { LayerContext } from '../context';
import type { Channel } from '../layers';
import { withFlatRows } from '../rows';
import { glu, gluTensors } from './glu';
import { mlp, mlpTensors } from './mlp';
import { moe, moeTensors } from './moe';

/** The channel mixer's part of the graph: each row of `x` by itself. */
export function buildChannel(context: LayerContext, x: Value, channel: Channel): Value {
  switch (channel.kind) {
    case 'glu':
      return glu(context, x, channel);
    case 'mlp':
      return mlp(context, x, channel);
    case 'moe':
      return withFlatRows(context, x, (rows) => moe(context, rows, channel));
  }
}

export function channelTensors(channel: Channel, width: number): [name: string, shape: number[]][] {
  switch (channel.kind) {
    case 'glu':
      return gluTensors(channel, width);
    case 'mlp':
      return mlpTensors(channel, width);
    case 'moe':
      return moeTensors(channel, width);
  }
}
