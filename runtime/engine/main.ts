/**
 * Entry of the engine process. The first window that needs it starts it, all windows of the user connect to it, and it
 * ends when none is left. `--meet` names the files by which they find it.
 */
import { parseArgs } from 'node:util';
import { meetingPointAt, type ExpectMessage } from '../wire/meeting-point';
import { findAssets } from './assets';
import { Engine } from './engine';
import { host } from './host';
import { serve } from './server';

const { meet } = parseArgs({ options: { meet: { type: 'string' } } }).values;
if (meet === undefined) throw new Error('The engine is started by the editor, with --meet FILES.');
const point = meetingPointAt(meet);
const engine = new Engine(point.dataFolder, findAssets(__dirname));

process.once('message', (message: ExpectMessage) => {
  if (message.kind === 'expect') engine.expect(message.params);
});

void host(point, {
  serve: (connection, options) => serve(connection, engine, options),
  dispose: () => engine.dispose(),
});
