/** Conversations with the model that is chosen for them: what its chat template is filled with. Plain data. */
export interface ChatMessage {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

/** `limit`: cut at the length limit; `repetition`: it went round in a circle; `stopped`: given up by the user. */
export type AnswerEnd = 'complete' | 'limit' | 'repetition' | 'stopped';

export interface ChatRequest {
  messages: ChatMessage[];
  /** At most as many as the model's bound. */
  maxTokens?: number;
}

export interface ChatProgress {
  /** What was written since the last one. */
  text: string;
}

export interface ChatResponse {
  model: string;
  text: string;
  end: AnswerEnd;
}
