import * as vscode from 'vscode';
import { gateFor } from '../completion/document-gate';
import { otherProviders } from '../completion/other-providers';
import { explain, type Fix } from '../completion/silence';
import { silenceFacts } from '../completion/silence-words';
import type { Services } from '../services';
import { settingTarget } from '../settings/setting-target';
import { section } from '../settings/settings';
import { switchOn } from '../settings/switch-on';
import { writeSetting } from '../settings/write-setting';
import { setTrigger } from './completion-commands';

interface Cause {
  sentence: string;
  fixes: readonly Fix[];
}

/** "Why No Suggestion?": the reason of the last silence, and what the editor itself decides before Longview is asked. */
export async function explainSilence(services: Services): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  const causes = editor ? findCauses(editor, services) : [];
  if (!editor) causes.push({ sentence: vscode.l10n.t('No editor is open.'), fixes: [] });
  services.log.info(`[why] ${causes.map((cause) => cause.sentence).join(' ')}`);
  const fixes = [...new Set(causes.flatMap((cause) => cause.fixes))].slice(0, 3);
  const labels = fixes.map(fixLabel);
  const picked = await vscode.window.showInformationMessage(
    causes.map((cause) => cause.sentence).join(' '),
    ...labels,
  );
  const fix = fixes[labels.indexOf(picked ?? '')];
  if (fix) await applyFix(fix, editor, services);
}

function findCauses(editor: vscode.TextEditor, services: Services): Cause[] {
  const { document } = editor;
  const { engine, settings, snooze, decisions } = services;
  const { l10n } = vscode;
  const facts = silenceFacts(engine, document.languageId);
  const causes: Cause[] = [];
  const closed = gateFor(document, { explicit: false, snoozed: snooze.active }, settings, engine);
  if (closed) causes.push(explain(closed, facts, l10n.t));
  if (vscode.workspace.getConfiguration('editor', document).get('inlineSuggest.enabled') === false) {
    causes.push({
      sentence: l10n.t('VS Code shows no inline suggestions: editor.inlineSuggest.enabled is off.'),
      fixes: ['enable-inline-suggest'],
    });
  }
  const last = decisions.about(document);
  if (causes.length === 0 && last) {
    causes.push(
      last.outcome.shown
        ? {
            sentence: l10n.t(
              'Longview did answer the last time. If you saw nothing, VS Code showed its own list of suggestions or another text instead.',
            ),
            fixes: ['ask-now'],
          }
        : explain(last.outcome.reason, facts, l10n.t),
    );
  } else if (causes.length === 0) {
    causes.push({
      sentence: l10n.t(
        'VS Code has not asked for a suggestion here since you last typed: it may be snoozing suggestions itself, or the cursor has only moved.',
      ),
      fixes: ['ask-now'],
    });
  }
  const others = otherProviders(
    vscode.extensions.all.filter((extension) => extension.isActive).map(({ id }) => id),
  );
  if (others.length > 0) {
    causes.push({
      sentence: l10n.t(
        'Also installed: {0}; VS Code shows one suggestion, and it may be theirs.',
        others.join(', '),
      ),
      fixes: [],
    });
  }
  return causes;
}

function fixLabel(fix: Fix): string {
  const { l10n } = vscode;
  switch (fix) {
    case 'enable':
      return l10n.t('Switch On');
    case 'enable-language':
      return l10n.t('Switch On for This Language');
    case 'stop-snoozing':
      return l10n.t('Stop Snoozing');
    case 'trust':
      return l10n.t('Manage Workspace Trust');
    case 'trigger-automatic':
      return l10n.t('Suggest While Typing');
    case 'ask-now':
      return l10n.t('Suggest Now');
    case 'enable-inline-suggest':
      return l10n.t('Switch Inline Suggestions On');
    case 'restart-engine':
      return l10n.t('Restart Engine');
    case 'show-log':
      return l10n.t('Show Log');
    case 'diagnostics':
      return l10n.t('Show Diagnostics');
    case 'eagerness':
      return l10n.t('Change Eagerness');
  }
}

async function applyFix(
  fix: Fix,
  editor: vscode.TextEditor | undefined,
  { snooze }: Services,
): Promise<unknown> {
  const run = vscode.commands.executeCommand;
  switch (fix) {
    case 'enable':
      return switchOn('enabled');
    case 'enable-language':
    case 'trigger-automatic':
      return editor && setTrigger(editor.document, 'automatic');
    case 'stop-snoozing':
      return snooze.stop();
    case 'trust':
      return run('workbench.trust.manage');
    case 'ask-now':
      if (editor) await vscode.window.showTextDocument(editor.document, editor.viewColumn);
      return run('editor.action.inlineSuggest.trigger');
    case 'enable-inline-suggest': {
      const configuration = vscode.workspace.getConfiguration('editor', editor?.document);
      return writeSetting(
        configuration,
        'inlineSuggest.enabled',
        true,
        settingTarget(configuration.inspect('inlineSuggest.enabled')),
      );
    }
    case 'restart-engine':
      return run('longview.restartEngine');
    case 'show-log':
      return run('longview.showLog');
    case 'diagnostics':
      return run('longview.showDiagnostics');
    case 'eagerness':
      return run('workbench.action.openSettings', `${section}.completion.eagerness`);
  }
}
