import type { Review } from '@/api/types';

export type CommandName = Review['allowed_actions'][number];

export interface Decision {
  command: CommandName;
  text: string;
  question: string;
  consequence: string;
  primary?: boolean;
  /** Whether a word about why belongs to it, and whether it cannot do without. */
  comment?: 'optional' | 'required';
  /** Whether it takes an end: one that may be chosen, or one that must be. */
  end?: 'optional' | 'required';
  /** Whether there is nothing to be seen of the request afterwards. */
  discards?: boolean;
  /** Shown, with the reason, also to somebody who may not do it, while it is undecided. */
  always?: boolean;
}

const SUBMIT: Decision = {
  command: 'submit_draft',
  text: 'Send request',
  question: 'Send this request?',
  consequence: 'It is compared with AWS once more, and then somebody else reviews it.',
  primary: true,
};

const APPROVE: Decision = {
  command: 'approve_request',
  text: 'Approve',
  question: 'Approve this request?',
  consequence:
    'Once everybody who must has approved, it is applied in AWS exactly as shown. If anybody edits it before you confirm, nothing is approved.',
  primary: true,
  comment: 'optional',
  end: 'optional',
  always: true,
};

const ASK: Decision = {
  command: 'ask_for_changes',
  text: 'Ask for changes',
  question: 'Ask for changes?',
  consequence: 'This revision is not approved any more. The author reads what you write, and the next revision may be.',
  comment: 'required',
};

const REJECT: Decision = {
  command: 'reject_request',
  text: 'Reject',
  question: 'Reject this request?',
  consequence: 'Nothing is applied, and the request ends here.',
  comment: 'optional',
  always: true,
};

const CANCEL: Decision = {
  command: 'cancel_request',
  text: 'Cancel request',
  question: 'Cancel this request?',
  consequence: 'It is taken back. Nothing is applied, and the request ends here.',
  always: true,
};

/** Nobody but its author has seen it: there is nothing to end, and nothing is left. */
const DISCARD: Decision = {
  command: 'cancel_request',
  text: 'Throw the draft away',
  question: 'Throw this draft away?',
  consequence: 'Nobody else has seen it. Nothing is left of it afterwards.',
  discards: true,
};

const RETRY: Decision = {
  command: 'retry_failed',
  text: 'Try what failed again',
  question: 'Try what failed again?',
  consequence: 'The changes that failed are applied again, exactly as they were approved. The others stay as they are.',
  primary: true,
};

const EXTEND: Decision = {
  command: 'extend_request',
  text: 'Extend',
  question: 'Ask for more time?',
  consequence:
    'This makes a new request for the same until the later end. It is decided anew; meanwhile nothing changes.',
  end: 'required',
};

const SHORTEN: Decision = {
  command: 'change_expiry',
  text: 'Change the end',
  question: 'Change when it ends?',
  consequence:
    'Before it is decided this makes a new revision. Once it is applied, the end can only be moved to an earlier time.',
  end: 'required',
};

const END: Decision = {
  command: 'end_request',
  text: 'End now',
  question: 'End this access now?',
  consequence: 'What it gave for a time is taken back within a minute or two.',
};

const MOVE_BACK: Decision = {
  command: 'move_back_to_pending',
  text: 'Open it again',
  question: 'Open this request again?',
  consequence: 'It waits for a decision once more, as if nobody had decided.',
};

/** In the order of the buttons. */
const DECISIONS: readonly Decision[] = [SUBMIT, APPROVE, ASK, REJECT, RETRY, EXTEND, SHORTEN, END, MOVE_BACK, CANCEL];

/** What a person may be asked for about a request in this state, in the order of the buttons. */
export function decisionsIn(state: Review['state']): readonly Decision[] {
  return state === 'draft' ? DECISIONS.map((one) => (one === CANCEL ? DISCARD : one)) : DECISIONS;
}
