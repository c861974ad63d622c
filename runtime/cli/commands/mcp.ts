import path from 'node:path';
import { findAssets } from '../../engine/assets';
import type { Command } from './index';
import { withEngine } from '../local-engine';
import { parse } from '../options';
import { note } from '../output';

export const mcp: Command = {
  name: 'mcp',
  usage: 'mcp [DIR…]',
  summary: 'Serves search and summaries of folders to other assistants (Model Context Protocol, stdio).',
  details:
    'Everything is worked out on this machine; what a tool returns goes to the assistant that asked, and wherever that sends it. ' +
    'The current folder where none is named.',
  async run(args, signal) {
    const { values, positionals } = parse(args, {});
    // Loaded for this command alone: no other one should start more slowly for it.
    const { StdioServerTransport } = await import('@modelcontextprotocol/sdk/server/stdio.js');
    const { createMcpServer } = await import('../mcp/server');
    const folders = (positionals.length > 0 ? positionals : ['.']).map((dir) => path.resolve(dir));
    await withEngine(values, folders, async (engine) => {
      const server = createMcpServer(engine, findAssets(__dirname).version);
      const ended = new Promise<void>((resolve) => {
        server.server.onclose = resolve;
        signal.addEventListener('abort', () => resolve(), { once: true });
        // Whoever started this is gone.
        process.stdin.once('end', resolve);
      });
      await server.connect(new StdioServerTransport());
      note(`Serving ${folders.join(', ')}.`);
      await ended;
      await server.close();
    });
  },
};
