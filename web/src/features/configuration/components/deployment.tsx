import Box from '@cloudscape-design/components/box';
import ExpandableSection from '@cloudscape-design/components/expandable-section';

/** The one section that no page can edit. */
export function Deployment({ text }: { text: string }) {
  if (text === '') return null;
  return (
    <ExpandableSection
      variant="container"
      headerText="Section deployment"
      headerDescription="Who administers, how people sign in, and the names of roles. It ships with the package and can only be read here."
    >
      <Box variant="code">
        <pre className="statement" tabIndex={0} aria-label="Section deployment, to be read only">
          {text}
        </pre>
      </Box>
    </ExpandableSection>
  );
}
