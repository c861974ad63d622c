import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMcpServer, type McpEngine } from '../../../runtime/cli/mcp/server';
import { UserError } from '../../../runtime/protocol/errors';
import type { AskRequest } from '../../../runtime/protocol/questions';
import type { SummarizeRequest } from '../../../runtime/protocol/summaries';
import { temporaryFolder } from '../fixtures/model-folder';

let root: ReturnType<typeof temporaryFolder>;
let workspace: string;
beforeEach(() => {
  root = temporaryFolder();
  workspace = path.join(root.path, 'workspace');
  mkdirSync(path.join(workspace, 'src'), { recursive: true });
  writeFileSync(path.join(workspace, 'src', 'a.ts'), 'export const a = 1;\n');
  writeFileSync(path.join(workspace, '.env'), 'KEY=secret\n');
  writeFileSync(path.join(root.path, 'outside.ts'), 'export const outside = 1;\n');
  symlinkSync(path.join(root.path, 'outside.ts'), path.join(workspace, 'src', 'link.ts'));
});
afterEach(() => root.remove());

const cost = { tokensRead: 0, tokensGenerated: 0, generatedLines: 0, ms: 0 };

async function connect(overrides: Partial<McpEngine> = {}) {
  const asked: AskRequest[] = [];
  const summarized: SummarizeRequest[] = [];
  const engine: McpEngine = {
    indexIdle: () => Promise.resolve(),
    ask: (request) => {
      asked.push(request);
      const range = { startLine: 4, endLine: 5 };
      const citation = { path: path.join(workspace, 'src/a.ts'), displayPath: 'src/a.ts', range };
      const text = 'one\ntwo';
      const passage = { number: 1, citation, languageId: 'typescript', text, highlights: [], score: 1 };
      const ms = { search: 0, rerank: 0, total: 0 };
      return Promise.resolve({ passages: [passage], indexed: 1, filesSearched: 1, reranked: false, ms });
    },
    summarize: (request) => {
      summarized.push(request);
      const purpose = { text: 'Holds a.', source: 'doc' as const };
      const common = { languageId: 'typescript', contentHash: '', importedBy: [], approximate: false, cost };
      const { path: file } = request;
      return Promise.resolve({
        path: file,
        displayPath: 'src/a.ts',
        lineCount: 1,
        purpose,
        lines: [],
        ...common,
      });
    },
    ...overrides,
  };
  const server = createMcpServer(engine, [{ path: workspace, name: 'workspace' }], '1.2.3');
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

  it('summarises files of the workspace, by either kind of path', async () => {
    const { call, summarized } = await connect();
    expect((await call('longview_summarize', { path: 'src/a.ts' })).text).toContain('Holds a.');
    expect((await call('longview_summarize', { path: path.join(workspace, 'src/a.ts') })).isError).toBe(
      false,
    );
    const file = path.join(workspace, 'src/a.ts');
    expect(summarized).toEqual([{ path: file }, { path: file }]);
  });

  it.each(['../outside.ts', '/etc/passwd', 'src/link.ts', '.env'])('tells nothing of %s', async (file) => {
    const { call, summarized } = await connect();
    const answer = await call('longview_summarize', { path: file });
    expect(answer.isError).toBe(true);
    expect(answer.text).toMatch(/not within the workspace|rules leave it out/);
    expect(summarized).toEqual([]);
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
