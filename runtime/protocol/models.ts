/** Models that the user has added, and models that a hub offers: plain data. */

/** Where a model that was added came from. */
export interface ModelOrigin {
  /** `owner/name` on a hub. */
  repository?: string;
  /** Commit of the repository. */
  revision?: string;
  licence?: string;
}

export interface InstalledModel extends ModelOrigin {
  name: string;
  folder: string;
  /** `model_type` of config.json. */
  family?: string;
  /** Numbers that the model was trained to hold. */
  parameters?: number;
  bytesOnDisk: number;
  /** Of the compiled weights, which a session holds in memory; absent where they are not compiled yet. */
  weightBytes?: number;
  /** Of weights and one set of states, where both are known. */
  memoryBytes?: number;
  /** What it is known to be good for: completion, chat, encoder. */
  roles?: readonly string[];
  /** It was run with Longview and compared with the original. */
  verified: boolean;
  /** Language ids that it completes; none where the model says nothing about its prompts. */
  languages: string[];
  /** Has what completions need: tokeniser and longview.json. */
  completes: boolean;
  /** What its completions are made from: a model that was not trained to fill in the middle hears nothing of what follows. */
  completesFrom?: 'both-sides' | 'prefix';
  /** It is an encoder: makes vectors of texts, and writes nothing. */
  encodes?: true;
  /** Has a chat template: conversations can be put to it. */
  chats?: boolean;
  /** Tokens that a conversation with it may have. */
  conversationTokens?: number;
  /** Why it cannot be used. */
  problem?: string;
}

export interface HubFile {
  path: string;
  size: number;
  /** Checksum of large files. */
  sha256?: string;
  /** Git's checksum of the others. */
  gitSha1?: string;
}

/** What would be downloaded. */
export interface HubPlan {
  repository: string;
  revision: string;
  licence?: string;
  gated: boolean;
  files: HubFile[];
  bytes: number;
}

/** Folders below the data folder: the models that were added, and downloads that are on their way. */
export const modelsFolderName = 'models';
export const downloadsFolderName = '.downloads';

/** A model that can be chosen. */
export interface ModelOffer extends InstalledModel {
  /** Time for one token, measured on this machine. */
  msPerToken?: number;
}

export interface ModelOffers {
  models: ModelOffer[];
  /** What Longview may take in all. */
  memoryLimitMB: number;
  machineMemoryBytes: number;
}

export interface AddModelRequest {
  /** Absolute. */
  folder: string;
  origin?: ModelOrigin;
  /** The folder is Longview's own download, and is moved instead of copied. */
  move?: boolean;
}

export interface AddModelProgress {
  step: 'copying' | 'compiling';
  done: number;
  total: number;
}
