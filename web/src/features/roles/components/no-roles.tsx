import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import { useProfile } from '@/api/queries/user-profile';
import { siteOf } from '@/api/site';

interface Props {
  busy: boolean;
  onReload: () => void;
}

/** Somebody without a role is told how roles are granted, not shown an empty table. */
export function NoRoles({ busy, onReload }: Props) {
  const profile = useProfile();
  const contact = siteOf(profile).supportContact;
  return (
    <ContentLayout header={<Header variant="h1">Your roles</Header>}>
      <Container
        header={
          <Header
            variant="h2"
            actions={
              <Button iconName="refresh" loading={busy} onClick={onReload}>
                Look again
              </Button>
            }
          >
            You have no roles yet
          </Header>
        }
      >
        <Box variant="p">
          You are signed in as <strong>{profile.user}</strong>,{' '}
          {profile.groups.length === 0 ? (
            'without any group'
          ) : (
            <>
              in {profile.groups.length === 1 ? 'the group' : 'the groups'} {profile.groups.join(', ')}
            </>
          )}
          . A role becomes yours in one of these ways:
        </Box>
        <ul>
          <li>The role in AWS carries a tag that names you or one of your groups.</li>
          <li>An administrator maps one of your groups to roles in the configuration.</li>
        </ul>
        <Box variant="p">
          A role that was tagged a moment ago shows up after the next refresh of its account.
          {contact !== null
            ? ` Whom to ask: ${contact}.`
            : ' Ask the owner of the role, or an administrator of this service.'}
        </Box>
      </Container>
    </ContentLayout>
  );
}
