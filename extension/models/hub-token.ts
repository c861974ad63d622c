import * as vscode from 'vscode';

const key = 'longview.hub.token';

/** The access token for a hub, in the editor's store of secrets; one for each hub, so that none is shown to another. */
export class HubToken {
  constructor(
    private readonly secrets: vscode.SecretStorage,
    private readonly hub: string,
  ) {}

  get(): Thenable<string | undefined> {
    return this.secrets.get(this.key);
  }

  /** @param reason why it is needed. Answers whether there is a new one */
  async ask(reason: string): Promise<boolean> {
    const enter = vscode.l10n.t('Enter Token...');
    if ((await vscode.window.showErrorMessage(reason, enter)) !== enter) return false;
    const token = await vscode.window.showInputBox({
      title: vscode.l10n.t('Access token for {0}', this.hub),
      prompt: vscode.l10n.t(
        'It is kept in the editor’s store of secrets. Leave it empty to forget the one there.',
      ),
      password: true,
      ignoreFocusOut: true,
    });
    if (token === undefined) return false;
    if (token.trim() === '') await this.secrets.delete(this.key);
    else await this.secrets.store(this.key, token.trim());
    return token.trim() !== '';
  }

  private get key(): string {
    return `${key}:${this.hub}`;
  }
}
