import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { describe, expect, it } from 'vitest';
import { createMcpServer, type McpEngine } from '../../../runtime/cli/mcp/server';
import { UserError } from '../../../runtime/protocol/errors';
import type { AskRequest } from '../../../runtime/protocol/questions';
import type { SummarizeRequest } from '../../../runtime/protocol/summaries';

const file = '/workspace/src/a.ts';
const cost = { tokensRead: 0, tokensGenerated: 0, generatedLines: 0, ms: 0 };

async function connect(overrides: Partial<McpEngine> = {}) {
  const asked: AskRequest[] = [];
  const summarized: SummarizeRequest[] = [];
  const engine: McpEngine = {
    workspace: { idle: () => Promise.resolve() },
    ask: (request) => {
      asked.push(request);
      const range = { startLine: 4, endLine: 5 };
      const citation = { path: file, displayPath: 'src/a.ts', range };
      const text = 'one\ntwo';
      const passage = { number: 1, citation, languageId: 'typescript', text, highlights: [], score: 1 };
      const ms = { search: 0, rerank: 0, total: 0 };
      return Promise.resolve({ passages: [passage], indexed: 1, filesSearched: 1, reranked: false, ms });
    },
    summarize: (request) => {
      summarized.push(request);
      const purpose = { text: 'Holds a.', source: 'doc' as const };
      const common = { languageId: 'typescript', contentHash: '', importedBy: [], approximate: false, cost };
      return Promise.resolve({
        path: request.path,
        displayPath: 'src/a.ts',
        lineCount: 1,
        purpose,
        lines: [],
        ...common,
      });
    },
    ...overrides,
  };
  const server = createMcpServer(engine, '1.2.3');
  const client = new Client({ name: 'test', version: '1' });
  const [ours, theirs] = InMemoryTransport.createLinkedPair();
  await Promise.all([server.connect(ours), client.connect(theirs)]);
  const call = async (name: string, args: Record<string, unknown>) => {
    const { content, isError = false } = await client.callTool({ name, arguments: args });
    return { text: (content as { text: string }[])[0]!.text, isError };
  };
  return { client, call, asked, summarized };
}

describe('the MCP server', () => {
  it('offers its tools as ones that change nothing', async () => {
    const { client } = await connect();
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(['longview_search', 'longview_summarize']);
    expect(tools.every(({ annotations }) => annotations?.readOnlyHint)).toBe(true);
    expect(client.getServerVersion()).toMatchObject({ name: 'longview', version: '1.2.3' });
  });

  it('answers with numbered passages, their places and lines', async () => {
    const { call, asked } = await connect();
    expect(await call('longview_search', { question: 'where is a?', limit: 3 })).toEqual({
      text: '[1] src/a.ts:5-6\n     5  one\n     6  two',
      isError: false,
    });
    expect(asked).toEqual([{ question: 'where is a?', folders: [], limit: 3 }]);
  });

  it('summarises files of the workspace, which the engine finds', async () => {
    const { call, summarized } = await connect();
    expect((await call('longview_summarize', { path: 'src/a.ts' })).text).toContain('Holds a.');
    expect((await call('longview_summarize', { path: file })).isError).toBe(false);
    expect(summarized).toEqual([
      { path: 'src/a.ts', forOthers: true },
      { path: file, forOthers: true },
    ]);
  });

  it('says what is wrong with a call, and what went wrong in one', async () => {
    const { call } = await connect({ ask: () => Promise.reject(new UserError('The index is damaged.')) });
    expect(await call('longview_search', { question: 'x' })).toEqual({
      text: 'The index is damaged.',
      isError: true,
    });
    for (const args of [{}, { question: '' }, { question: 'x', limit: 0 }, { question: 7 }])
      expect((await call('longview_search', args)).isError).toBe(true);
  });
});
