/** What the editor's explorer puts into a drag, most precise first; each holds URIs, one a line. */
const formats = ['application/vnd.code.uri-list', 'text/uri-list'];
const most = 50;

/** Takes files and folders that are dragged in. Over a webview, the editor lets go of a drag only while Shift is held. */
export function acceptDrops(target: HTMLElement, drop: (uris: string[]) => void): void {
  const carries = (event: DragEvent) =>
    formats.some((format) => event.dataTransfer?.types.includes(format) === true);
  const mark = (on: boolean) => target.classList.toggle('dropping', on);
  const over = (event: DragEvent) => {
    if (!carries(event)) return;
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy';
    mark(true);
  };
  target.addEventListener('dragenter', over);
  target.addEventListener('dragover', over);
  target.addEventListener('dragleave', (event) => {
    if (!target.contains(event.relatedTarget as Node | null)) mark(false);
  });
  target.addEventListener('drop', (event) => {
    mark(false);
    const text = formats.map((format) => event.dataTransfer?.getData(format)).find(Boolean);
    if (!text) return;
    event.preventDefault();
    const uris = text.split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('#'));
    if (uris.length > 0) drop(uris.slice(0, most));
  });
}
