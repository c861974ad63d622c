/** Up and down in a text input bring back what was sent before, as in a terminal; what is being written waits at the end. */
export function recalling(input: HTMLTextAreaElement, changed: (text: string) => void) {
  let history: readonly string[] = [];
  /** Place in the history while recalling; at its length: what is being written. */
  let recalled = 0;
  let unsent = '';

  function step(by: -1 | 1): boolean {
    const next = recalled + by;
    if (next < 0 || next > history.length) return false;
    if (recalled === history.length) unsent = input.value;
    recalled = next;
    const text = next === history.length ? unsent : (history[next] ?? '');
    input.value = text;
    input.setSelectionRange(text.length, text.length);
    changed(text);
    return true;
  }

  const reset = () => void (recalled = history.length);

  return {
    reset,
    update(next: readonly string[]) {
      if (next === history) return;
      history = next;
      reset();
    },
    /** Whether the key was one of ours, and had something to bring back. */
    key(key: string): boolean {
      if (key === 'ArrowUp') return atFirstLine(input) && step(-1);
      return key === 'ArrowDown' && recalled < history.length && atLastLine(input) && step(1);
    },
  };
}

const atFirstLine = ({ value, selectionStart, selectionEnd }: HTMLTextAreaElement) =>
  selectionStart === selectionEnd && !value.slice(0, selectionStart).includes('\n');
const atLastLine = ({ value, selectionEnd }: HTMLTextAreaElement) =>
  !value.slice(selectionEnd).includes('\n');
