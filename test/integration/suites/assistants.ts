import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { longview, setSetting, until } from '../lib/support';
import type { IntegrationTest } from '../suite';

async function call(name: string, input: object): Promise<string> {
  const result = await vscode.lm.invokeTool(name, { input, toolInvocationToken: undefined });
  return result.content
    .map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : ''))
    .join('');
}

export const tests: readonly IntegrationTest[] = [
  {
    name: 'other assistants have no tools of ours until the setting says so, and then ones that work',
    timeoutMs: 120_000,
    run: async () => {
      await longview();
      const question = { question: 'where is a book lent to a reader?' };
      await assert.rejects(call('longview_search', question));
      const folder = vscode.workspace.workspaceFolders![0]!.uri;
      const file = vscode.Uri.joinPath(folder, 'src', 'shelf.ts');
      await vscode.workspace.fs.writeFile(
        file,
        Buffer.from(
          '/** Lends a book to a reader. */\nexport function lendBook(title: string) {\n  return title;\n}\n',
        ),
      );
      try {
        await setSetting('tools.enabled', true);
        const found = await until('the file is indexed', 60_000, async () => {
          const text = await call('longview_search', question).catch(() => '');
          return text.includes('lendBook') ? text : undefined;
        });
        assert.match(found, /shelf\.ts, lines? /);
        assert.match(await call('longview_summarize', { path: 'src/shelf.ts' }), /Lends a book to a reader/);
        await assert.rejects(call('longview_summarize', { path: '../../etc/passwd' }));
        await assert.rejects(call('longview_search', { question: '' }));
      } finally {
        await setSetting('tools.enabled', undefined);
        await vscode.workspace.fs.delete(file);
      }
      await until('the tools are gone', 10_000, () =>
        call('longview_search', question).then(
          () => undefined,
          () => true,
        ),
      );
    },
  },
  {
    name: 'the editor is offered our model as one of its own while it is chosen, and is answered by it',
    timeoutMs: 120_000,
    run: async () => {
      await longview();
      const offered = () => vscode.lm.selectChatModels({ vendor: 'longview' });
      assert.deepEqual(await offered(), []);
      try {
        // The harness has added it.
        await setSetting('models.chat', 'talker');
        const model = await until('the model is offered', 60_000, async () => (await offered())[0]);
        assert.equal(model.id, 'talker');
        assert.ok(model.maxInputTokens > 500);
        assert.ok((await model.countTokens('const a = 1;')) > 2);
        const source = new vscode.CancellationTokenSource();
        const messages = [vscode.LanguageModelChatMessage.User('Where is a book lent?')];
        const response = await model.sendRequest(messages, {}, source.token);
        let text = '';
        for await (const piece of response.text) text += piece;
        assert.notEqual(text.trim(), '');
      } finally {
        await setSetting('models.chat', undefined);
      }
      await until('the model is gone', 10_000, async () =>
        (await offered()).length === 0 ? true : undefined,
      );
    },
  },
];
