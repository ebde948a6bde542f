import type { ReviewComment } from '@/api/types';

export interface Thread {
  comment: ReviewComment;
  replies: readonly ReviewComment[];
}

/** Comments as conversations, in the order of time. An answer to an answer belongs to the same conversation. */
export function threads(comments: readonly ReviewComment[]): Thread[] {
  const found = new Map<string, { comment: ReviewComment; replies: ReviewComment[] }>();
  const home = new Map<string, { replies: ReviewComment[] }>();
  for (const comment of comments) {
    const parent = comment.reply_to === null ? undefined : home.get(comment.reply_to);
    if (parent === undefined) {
      const thread = { comment, replies: [] };
      found.set(comment.id, thread);
      home.set(comment.id, thread);
    } else {
      parent.replies.push(comment);
      home.set(comment.id, parent);
    }
  }
  return [...found.values()];
}
