/** What `job` settles with, or undefined when it takes longer. */
export async function withinMs<T>(ms: number, job: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), ms)));
  try {
    return await Promise.race([job, late]);
  } finally {
    clearTimeout(timer);
  }
}
