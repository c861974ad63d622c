import * as vscode from 'vscode';
import type { PastConversation } from './past-conversations';
import type { QuestionHistory } from './question-history';

interface PastItem extends vscode.QuickPickItem {
  past: PastConversation;
}

/** Shows what was asked in this workspace; entries can be taken up again or deleted, one by one or all at once. */
export async function showHistory(
  history: QuestionHistory,
  open: (past: PastConversation) => Promise<void>,
): Promise<void> {
  const remove = { iconPath: new vscode.ThemeIcon('trash'), tooltip: vscode.l10n.t('Delete') };
  const removeAll = { iconPath: new vscode.ThemeIcon('clear-all'), tooltip: vscode.l10n.t('Delete All') };
  const picker = vscode.window.createQuickPick<PastItem>();
  const list = async () => {
    const past = await history.list();
    picker.items = past.map((each) => itemOf(each, remove));
    picker.buttons = past.length > 0 ? [removeAll] : [];
    picker.placeholder =
      past.length > 0
        ? vscode.l10n.t('Questions asked in this workspace')
        : vscode.l10n.t('Nothing was asked in this workspace yet');
  };
  picker.title = vscode.l10n.t('Earlier Questions');
  picker.matchOnDetail = true;
  picker.onDidTriggerItemButton(({ item }) => void history.delete(item.past.id).then(list));
  picker.onDidTriggerButton(() => void history.clear().then(list));
  picker.onDidHide(() => picker.dispose());
  await list();
  picker.show();
  const chosen = await new Promise<PastConversation | undefined>((resolve) => {
    picker.onDidAccept(() => {
      resolve(picker.selectedItems[0]?.past);
      picker.hide();
    });
    picker.onDidHide(() => resolve(undefined));
  });
  if (chosen) await open(chosen);
}

function itemOf(past: PastConversation, remove: vscode.QuickInputButton): PastItem {
  const [first, ...others] = past.turns;
  return {
    label: first?.question.replace(/\s+/g, ' ') ?? '',
    description: new Date(past.askedAt).toLocaleString(vscode.env.language, {
      dateStyle: 'medium',
      timeStyle: 'short',
    }),
    ...(others.length > 0 && {
      detail: others.map(({ question }) => question.replace(/\s+/g, ' ')).join(' · '),
    }),
    buttons: [remove],
    past,
  };
}
