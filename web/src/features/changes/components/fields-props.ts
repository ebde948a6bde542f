import type { ChangeDraft, DraftFaults } from '@/features/changes/lib/drafts';

export interface FieldsProps {
  draft: ChangeDraft;
  faults: DraftFaults;
  /** Tells the fields of one change from those of another: " of change 2". */
  suffix: string;
  onChange: (part: Partial<ChangeDraft>) => void;
}
