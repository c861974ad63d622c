import * as vscode from 'vscode';
import type { Asking, ShownTurn } from '../../runtime/protocol/conversation';
import { Ask, AskProgressType } from '../../runtime/protocol/methods';
import type { AskProgress, AskResponse } from '../../runtime/protocol/questions';
import type { EngineClient } from '../engine/engine-client';
import { isCancellation } from '../errors';
import { askRequest, withTarget } from './ask-request';
import { Conversation } from './conversation';
import type { PanelView } from './panel-view';
import type { QuestionHistory } from './question-history';

/** Asks one question at a time: a new one gives up the one before. */
export class AskController {
  readonly conversation = new Conversation();
  /** Numbers of turns go on from window to window, since the panel may still show those of an earlier one. */
  private runs = Date.now();
  private cancellation: vscode.CancellationTokenSource | undefined;

  constructor(
    private readonly engine: EngineClient,
    private readonly panel: PanelView,
    private readonly history: QuestionHistory,
    private readonly explain: (error: unknown) => string,
    /** Whether a model is chosen that writes answers. */
    private readonly writes: () => boolean,
  ) {}

  /**
   * @param after numbers of the turns that stay in front of this one
   * @param earlier the questions that this one follows
   * @param conversation where it begins one that the history has already
   */
  async ask(
    words: Asking,
    after: number[] = [],
    earlier: string[] = [],
    conversation?: string,
  ): Promise<void> {
    this.cancel();
    const cancellation = new vscode.CancellationTokenSource();
    this.cancellation = cancellation;
    const id = ++this.runs;
    const asking = withTarget(words);
    this.conversation.begin({ id, asking }, after, conversation);
    this.panel.post({ type: 'askStarted', id, asking, after });
    void this.remember();
    try {
      const response = await this.engine.requestWithProgress(
        Ask,
        await askRequest(asking, earlier, this.writes() ? this.conversation.written(after) : undefined),
        { type: AskProgressType, report: (progress) => this.report(id, progress) },
        cancellation.token,
      );
      if (this.runs !== id) return;
      this.found(id, response);
      this.panel.post({ type: 'askDone', id, response });
    } catch (error) {
      if (this.runs !== id) return;
      const cancelled = isCancellation(error);
      this.panel.post({ type: 'askFailed', id, message: cancelled ? '' : this.explain(error), cancelled });
    } finally {
      cancellation.dispose();
      if (this.cancellation === cancellation) this.cancellation = undefined;
    }
  }

  /** The panel is told at once, whether the engine listens or not: what it still says is late. */
  cancel(): void {
    if (!this.cancellation) return;
    this.cancellation.cancel();
    this.cancellation = undefined;
    this.panel.post({ type: 'askFailed', id: this.runs, message: '', cancelled: true });
    this.runs++;
  }

  /** Nothing that was asked before counts for what is asked next. */
  startAnew(): void {
    this.cancel();
    this.conversation.turns = [];
    this.panel.post({ type: 'askCleared' });
  }

  /** Takes up a conversation of the history: its questions are shown, and the last one is asked again. */
  async recall(id: string, turns: readonly Asking[]): Promise<void> {
    this.startAnew();
    const after: number[] = [];
    for (const asking of turns.slice(0, -1)) {
      const turn = ++this.runs;
      this.conversation.begin({ id: turn, asking }, after, id);
      this.panel.post({ type: 'askRecalled', id: turn, asking, after: [...after] });
      after.push(turn);
    }
    const last = turns.at(-1);
    const earlier = turns.slice(0, -1).map(({ question }) => question);
    if (last) await this.ask(last, after, earlier, id);
  }

  /** Takes up what the panel still shows of an earlier window. @returns whether there was need for it */
  restore(turns: readonly ShownTurn[]): boolean {
    const restored = this.conversation.restore(turns);
    if (restored) tellHasAsked();
    return restored;
  }

  private report(id: number, progress: AskProgress): void {
    if (this.runs !== id) return;
    if (progress.stage === 'passages') this.found(id, progress.response);
    if (progress.stage === 'note') this.conversation.note(id, progress.number, progress.note);
    this.panel.post({ type: 'askProgress', id, progress });
  }

  private found(id: number, response: AskResponse): void {
    this.conversation.answer(id, response);
    tellHasAsked();
  }

  private remember(): Promise<void> {
    const { id, turns } = this.conversation;
    return this.history.remember({ id, askedAt: Date.now(), turns: turns.map(({ asking }) => asking) });
  }
}

function tellHasAsked(): void {
  void vscode.commands.executeCommand('setContext', 'longview.hasAsked', true);
}
