/** The shapes that pages work with, each taken from the generated description of our own API. */
import type { paths } from '@/api/schema';

type Method = 'get' | 'post' | 'put';
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
export type RequestDetail = Answer<'/api/v2/requests/{request_id}', 'get'>;
export type Review = RequestDetail['review'];
export type ReviewChange = Review['changes'][number];
export type ReviewState = Review['state'];
export type TimelineEntry = Review['timeline'][number];
export type NewRequest = Asked<'/api/v2/request', 'post'>;
export type RequestCreated = Answer<'/api/v2/request', 'post'>;
export type Modification = Asked<'/api/v2/requests/{request_id}', 'put'>['modification_model'];
export type Account = Answer<'/api/v2/accounts', 'get'>['accounts'][number];
export type RefreshRun = Answer<'/api/v2/refreshes', 'get'>['runs'][number];
export type Deny = Answer<'/api/v2/denies', 'get'>['denies'][number];
export type Inbox = NonNullable<Answer<'/api/v2/notifications', 'get'>['data']>;
export type Notification = Inbox['notifications'][number];
export type InboxMark = Asked<'/api/v2/notifications', 'put'>['action'];
export type ResourceSearch = Asked<'/api/v2/search', 'post'>;
export type ResourceCondition = NonNullable<ResourceSearch['conditions']>[number];
export type ResourcePage = Answer<'/api/v2/search', 'post'>;
export type FoundResource = ResourcePage['rows'][number];
export type Everything = Answer<'/api/v2/search/everything', 'get'>;
