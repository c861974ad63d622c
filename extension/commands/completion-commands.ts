import * as vscode from 'vscode';
import { section } from '../settings/settings';
import type { CommandHandlers, Services } from '../services';
import { languageName } from '../status/language-name';
import { settingTarget } from '../settings/setting-target';
import { writeSetting } from '../settings/write-setting';
import { explainSilence } from './explain-silence';

/** Switching completions on and off, and asking for them. */
export function completionCommands(services: Services): CommandHandlers {
  const { settings, snooze, status, completions } = services;
  return {
    'longview.toggle': async () => {
      const configuration = vscode.workspace.getConfiguration(section);
      await writeSetting(
        configuration,
        'enabled',
        !settings.enabled,
        settingTarget(configuration.inspect('enabled')),
      );
    },
    'longview.toggleLanguage': async () => {
      const document = vscode.window.activeTextEditor?.document;
      if (!document) throw new Error(vscode.l10n.t('Open a file in the language that you want to switch.'));
      const on = settings.get('completion.trigger', document) === 'off';
      await setTrigger(document, on ? 'automatic' : 'off');
      const name = languageName(document.languageId);
      vscode.window.setStatusBarMessage(
        on
          ? vscode.l10n.t('Longview: completions are on for {0}.', name)
          : vscode.l10n.t('Longview: completions are off for {0}.', name),
        4_000,
      );
    },
    'longview.snooze': async () => {
      if (snooze.active) return snooze.stop();
      const choice = await vscode.window.showQuickPick(
        [
          { label: vscode.l10n.t('5 minutes'), minutes: 5 },
          { label: vscode.l10n.t('15 minutes'), minutes: 15 },
          { label: vscode.l10n.t('1 hour'), minutes: 60 },
          { label: vscode.l10n.t('Until the window is closed'), minutes: undefined },
        ],
        {
          title: vscode.l10n.t('Snooze completions for'),
          placeHolder: vscode.l10n.t('Questions and summaries still work.'),
        },
      );
      if (choice) snooze.start(choice.minutes);
    },
    'longview.showCompletions': () => completions.request(vscode.window.activeTextEditor),
    'longview.explainSilence': () => explainSilence(services),
    'longview.tryCompletion': () => openSample(services),
    'longview.showMenu': () => showMenu(status, services),
  };
}

export async function setTrigger(document: vscode.TextDocument, trigger: 'automatic' | 'off'): Promise<void> {
  const configuration = vscode.workspace.getConfiguration(section, document);
  const inspected = configuration.inspect('completion.trigger');
  const inWorkspace = inspected?.workspaceLanguageValue !== undefined;
  const target = inWorkspace ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global;
  await writeSetting(configuration, 'completion.trigger', trigger, target, true);
}

/** The bundled sample, as an unsaved copy with the cursor where a completion is due. */
async function openSample({ context }: Services): Promise<void> {
  const file = vscode.Uri.joinPath(context.extensionUri, 'media', 'walkthrough', 'sample.ts.txt');
  const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(file));
  const mark = text.indexOf('█');
  const document = await vscode.workspace.openTextDocument({
    language: 'typescript',
    content: text.replace('█', ''),
  });
  const cursor = document.positionAt(mark);
  const editor = await vscode.window.showTextDocument(document, {
    selection: new vscode.Range(cursor, cursor),
  });
  editor.revealRange(new vscode.Range(cursor, cursor), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  await vscode.commands.executeCommand('editor.action.inlineSuggest.trigger');
}

async function showMenu(
  status: Services['status'],
  { settings, snooze, summary, engine }: Services,
): Promise<void> {
  const document = vscode.window.activeTextEditor?.document;
  const on = settings.enabled;
  const entry = (icon: string, label: string, command: string) => ({ label: `$(${icon}) ${label}`, command });
  const separator = { label: '', kind: vscode.QuickPickItemKind.Separator, command: '' };
  const { l10n } = vscode;
  const picked = await vscode.window.showQuickPick(
    [
      entry(
        'circle-slash',
        on ? l10n.t('Switch Longview Off') : l10n.t('Switch Longview On'),
        'longview.toggle',
      ),
      ...(on
        ? [
            ...(document
              ? [
                  entry(
                    'symbol-misc',
                    settings.get('completion.trigger', document) === 'off'
                      ? l10n.t('Switch Completions On for {0}', languageName(document.languageId))
                      : l10n.t('Switch Completions Off for {0}', languageName(document.languageId)),
                    'longview.toggleLanguage',
                  ),
                ]
              : []),
            entry(
              'bell-slash',
              snooze.active ? l10n.t('Stop Snoozing') : l10n.t('Snooze Completions...'),
              'longview.snooze',
            ),
            entry('question', l10n.t('Why No Suggestion?'), 'longview.explainSilence'),
            separator,
            entry('comment-discussion', l10n.t('Ask About This Workspace'), 'longview.ask'),
            summary.isRunning
              ? entry('debug-stop', l10n.t('Stop Summarizing'), 'longview.cancelSummary')
              : entry('list-tree', l10n.t('Summarize File'), 'longview.summarizeFile'),
            entry('lightbulb', l10n.t('Show Completions for the Cursor'), 'longview.showCompletions'),
            separator,
            engine.indexStatus?.state === 'paused'
              ? entry('debug-start', l10n.t('Resume Indexing'), 'longview.resumeIndexing')
              : entry('debug-pause', l10n.t('Pause Indexing'), 'longview.pauseIndexing'),
            entry('files', l10n.t('Show Indexed Files'), 'longview.showIndexedFiles'),
          ]
        : []),
      separator,
      entry('pulse', l10n.t('Show Diagnostics'), 'longview.showDiagnostics'),
      entry('output', l10n.t('Show Log'), 'longview.showLog'),
      entry('gear', l10n.t('Settings'), 'longview.openSettings'),
      entry('book', l10n.t('Getting Started'), 'longview.openWalkthrough'),
    ],
    { title: 'Longview', placeHolder: status.view.sentence },
  );
  if (picked?.command) await vscode.commands.executeCommand(picked.command);
}
