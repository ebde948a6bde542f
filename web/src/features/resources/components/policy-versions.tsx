import ExpandableSection from '@cloudscape-design/components/expandable-section';
import { PolicyView } from '@/components/policy-view';
import type { Policed } from '@/features/resources/api/resources';
import { dateText } from '@/features/resources/lib/words';

/** The versions that IAM keeps of a managed policy, newest first. */
export function PolicyVersions({ versions }: { versions: Policed['versions'] }) {
  return versions.map(({ version_id, create_date, is_default, document }) => (
    <ExpandableSection
      key={version_id}
      headerText={is_default ? `${version_id}, in force` : version_id}
      headerDescription={`Since ${dateText(create_date)}`}
      headingTagOverride="h3"
      defaultExpanded={is_default}
    >
      <PolicyView label={`Version ${version_id}`} document={document} />
    </ExpandableSection>
  ));
}
