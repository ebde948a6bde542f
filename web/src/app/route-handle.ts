/** What a route tells the shell: its place in the breadcrumbs, and how wide it likes to be. */
export interface RouteHandle {
  crumbs: readonly { text: string; href: string }[];
  contentType?: 'default' | 'table' | 'form';
}
