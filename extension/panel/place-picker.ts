import * as vscode from 'vscode';
import type { Place } from '../../runtime/protocol/conversation';
import { placesOf, type Places } from './places';

interface PlaceItem extends vscode.QuickPickItem {
  place?: Place;
}

/** Lets the user choose a place from what is open and from the index. @returns undefined where none was chosen */
export function pickPlace(places: Places, explain: (error: unknown) => string): Promise<Place | undefined> {
  const picker = vscode.window.createQuickPick<PlaceItem>();
  const open = placesOf(vscode.window.activeTextEditor).map(itemOf);
  picker.placeholder = vscode.l10n.t('File or folder to search, or the selection to ask about');
  picker.matchOnDescription = true;
  let asked = 0;
  const search = async (query: string) => {
    const turn = ++asked;
    picker.busy = true;
    try {
      const found = (await places.find(query, 100)).map(itemOf);
      if (turn !== asked) return;
      const separator = (label: string) => ({ label, kind: vscode.QuickPickItemKind.Separator });
      picker.items = [
        ...(open.length > 0 ? [separator(vscode.l10n.t('open')), ...open] : []),
        separator(vscode.l10n.t('workspace')),
        ...found,
      ];
    } catch (error) {
      picker.items = open;
      picker.title = explain(error);
    } finally {
      if (turn === asked) picker.busy = false;
    }
  };
  picker.onDidChangeValue((value) => void search(value));
  void search('');
  picker.show();
  return new Promise((resolve) => {
    picker.onDidAccept(() => {
      resolve(picker.selectedItems[0]?.place);
      picker.hide();
    });
    picker.onDidHide(() => {
      resolve(undefined);
      picker.dispose();
    });
  });
}

function itemOf(place: Place): PlaceItem {
  const { kind, displayPath, range } = place;
  const name = displayPath.slice(displayPath.lastIndexOf('/') + 1);
  const lines = range ? `:${range.startLine + 1}-${range.endLine + 1}` : '';
  const mark = { file: '$(file)', folder: '$(folder)', selection: '$(selection)' }[kind];
  return {
    label: `${mark} ${name}${lines}`,
    description: displayPath === name ? '' : displayPath.slice(0, -name.length - 1),
    place,
  };
}
