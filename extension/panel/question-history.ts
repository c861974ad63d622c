import * as vscode from 'vscode';
import { parsePast, remembered, type PastConversation } from './past-conversations';

/**
 * What was asked in this workspace, in one file of the workspace's own storage: it is not synced, and goes with the
 * workspace's data. A window without a folder keeps none.
 */
export class QuestionHistory {
  private past: Promise<PastConversation[]> | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly folder: vscode.Uri | undefined,
    private readonly warn: (message: string) => void,
  ) {}

  /** Latest first. */
  list(): Promise<PastConversation[]> {
    return (this.past ??= this.read());
  }

  async remember(conversation: PastConversation): Promise<void> {
    await this.replace(remembered(await this.list(), conversation));
  }

  async delete(id: string): Promise<void> {
    await this.replace((await this.list()).filter((each) => each.id !== id));
  }

  async clear(): Promise<void> {
    this.past = Promise.resolve([]);
    if (this.folder) await vscode.workspace.fs.delete(this.file).then(undefined, () => undefined);
  }

  private get file(): vscode.Uri {
    return vscode.Uri.joinPath(this.folder ?? vscode.Uri.file('/'), 'questions.json');
  }

  private async read(): Promise<PastConversation[]> {
    if (!this.folder) return [];
    const bytes = await vscode.workspace.fs.readFile(this.file).then(
      (read) => read,
      () => undefined,
    );
    return bytes ? parsePast(Buffer.from(bytes).toString('utf8')) : [];
  }

  private replace(past: PastConversation[]): Promise<void> {
    this.past = Promise.resolve(past);
    this.writing = this.writing.then(() => this.write(past));
    return this.writing;
  }

  private async write(past: readonly PastConversation[]): Promise<void> {
    if (!this.folder) return;
    try {
      await vscode.workspace.fs.createDirectory(this.folder);
      const beside = this.file.with({ path: `${this.file.path}.new` });
      await vscode.workspace.fs.writeFile(beside, Buffer.from(JSON.stringify(past)));
      await vscode.workspace.fs.rename(beside, this.file, { overwrite: true });
    } catch (error) {
      this.warn(`The history of questions was not saved: ${String(error)}`);
    }
  }
}
