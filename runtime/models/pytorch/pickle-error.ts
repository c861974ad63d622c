/** Names what stands in a pickle that may not stand there; whoever knows the file adds its name and the remedy. */
export class PickleError extends Error {}
