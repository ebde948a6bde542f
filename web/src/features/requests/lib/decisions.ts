export interface Decision {
  command: 'approve_request' | 'reject_request' | 'cancel_request';
  text: string;
  question: string;
  consequence: string;
  primary: boolean;
  /** Whether the service keeps a word about why. */
  takesComment: boolean;
}

export const DECISIONS: readonly Decision[] = [
  {
    command: 'approve_request',
    text: 'Approve',
    question: 'Approve this request?',
    consequence:
      'It is applied in AWS at once, exactly as shown. If anybody edits it before you confirm, nothing is approved.',
    primary: true,
    takesComment: true,
  },
  {
    command: 'reject_request',
    text: 'Reject',
    question: 'Reject this request?',
    consequence: 'Nothing is applied, and the request ends here.',
    primary: false,
    takesComment: true,
  },
  {
    command: 'cancel_request',
    text: 'Cancel request',
    question: 'Cancel this request?',
    consequence: 'It is taken back. Nothing is applied, and the request ends here.',
    primary: false,
    takesComment: false,
  },
];
