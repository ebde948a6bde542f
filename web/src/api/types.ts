/** The shapes that pages work with, each taken from the generated description of our own API. */
import type { paths } from '@/api/schema';

type Method = 'get' | 'post' | 'put' | 'delete';
type JsonOf<Response> = Response extends { content: { 'application/json': infer Body } } ? Body : never;
type Operation<Path extends keyof paths, Verb extends Method> = Exclude<paths[Path][Verb], undefined>;

export type Answer<Path extends keyof paths, Verb extends Method> =
  Operation<Path, Verb> extends { responses: { 200: infer Response } } ? JsonOf<Response> : never;

export type Asked<Path extends keyof paths, Verb extends Method> =
  Operation<Path, Verb> extends { requestBody?: infer Body } ? JsonOf<Exclude<Body, undefined>> : never;

export type UserProfile = Answer<'/api/v2/user_profile', 'get'>;
export type EligibleRole = Answer<'/api/v2/eligible_roles', 'post'>['data'][number];
export type CredentialsAnswer = Answer<'/api/v1/get_credentials', 'post'>;
export type Credentials = CredentialsAnswer['Credentials'];
export type RequestRow = Answer<'/api/v2/requests', 'post'>['data'][number];
export type ComparedRevisions = Answer<'/api/v2/requests/{request_id}/revisions', 'get'>;
export type ComparedChange = ComparedRevisions['changes'][number];
export type Simulation = Asked<'/api/v2/approval_rules/simulate', 'post'>;
export type Simulated = Answer<'/api/v2/approval_rules/simulate', 'post'>;
export type RequestQuestion = Asked<'/api/v2/requests', 'post'>;
export type RequestTabs = NonNullable<Answer<'/api/v2/requests', 'post'>['tabs']>;
export type RequestDetail = Answer<'/api/v2/requests/{request_id}', 'get'>;
export type Review = RequestDetail['review'];
export type ReviewChange = Review['changes'][number];
export type ReviewState = Review['state'];
export type ReviewComment = Review['comments'][number];
export type ApprovalStage = Review['approval']['stages'][number];
export type Finding = Review['findings'][number];
export type TimelineEntry = Review['timeline'][number];
export type PolicyRemark = Answer<'/api/v2/policies/check', 'post'>[number];
export type PolicyKind = 'identity' | 'trust' | 'resource';
export type NewRequest = Asked<'/api/v2/request', 'post'>;
export type RequestCreated = Answer<'/api/v2/request', 'post'>;
export type WishedChange = NewRequest['changes']['changes'][number];
export type Modification = Asked<'/api/v2/requests/{request_id}', 'put'>['modification_model'];
export type Account = Answer<'/api/v2/accounts', 'get'>['accounts'][number];
export type RefreshRun = Answer<'/api/v2/refreshes', 'get'>['runs'][number];
export type Deny = Answer<'/api/v2/denies', 'get'>['denies'][number];
export type Inbox = NonNullable<Answer<'/api/v2/notifications', 'get'>['data']>;
export type Notification = Inbox['notifications'][number];
export type ShownPreferences = Answer<'/api/v2/notifications/preferences', 'get'>;
export type Preferences = Asked<'/api/v2/notifications/preferences', 'put'>;
export type SlackOffer = Answer<'/api/v2/slack/links/look', 'post'>;
export type InboxMark = Asked<'/api/v2/notifications', 'put'>['action'];
export type ResourceSearch = Asked<'/api/v2/search', 'post'>;
export type ResourceCondition = NonNullable<ResourceSearch['conditions']>[number];
export type ResourcePage = Answer<'/api/v2/search', 'post'>;
export type FoundResource = ResourcePage['rows'][number];
export type Everything = Answer<'/api/v2/search/everything', 'get'>;
