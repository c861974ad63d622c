/** Whether `text` is written as a repository's name is, `owner/name`. */
export function isRepositoryName(text: string): boolean {
  return /^[A-Za-z0-9][\w.-]*\/[A-Za-z0-9][\w.-]*$/.test(text) && !text.includes('..') && text.length <= 200;
}
