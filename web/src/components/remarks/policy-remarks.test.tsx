import { screen, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { PolicyRemark } from '@/api/types';
import { PolicyRemarks } from '@/components/remarks/policy-remarks';
import { expectAccessible } from '@/testing/accessible';
import { ROLE_ARN } from '@/testing/data';
import { renderAlone } from '@/testing/render-app';
import { http, refusal, server } from '@/testing/server';

const POLICY = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}';

function remark(part: Partial<PolicyRemark> = {}): PolicyRemark {
  return {
    issue: 'UNKNOWN_ACTION',
    detail: '"Unknown action s3:Nope"',
    location: { line: 7, column: 3, filepath: null, string: 's3:Nope' },
    severity: 'LOW',
    title: 'Unknown action',
    description: '',
    ...part,
  };
}

function show(text: string, ...remarks: PolicyRemark[]) {
  const sent: { body: unknown; query: string }[] = [];
  server.use(
    http.post('/api/v2/policies/check', async ({ request, response }) => {
      sent.push({ body: await request.json(), query: new URL(request.url).search });
      return response(200).json(remarks);
    }),
  );
  return { sent, ...renderAlone(<PolicyRemarks text={text} kind="identity" arn={ROLE_ARN} name="export" />) };
}

describe('remarks about a policy', () => {
  it('are shown with their lines, the gravest first, and what follows', async () => {
    const grave = remark({
      title: 'Allows every action',
      detail: '"Name the actions."',
      description: 'A request for this needs one more approval.',
      severity: 'HIGH',
    });
    const { sent } = show(POLICY, remark(), grave);
    const list = within(await screen.findByRole('region', { name: 'Remarks about the policy' }));
    const [first, second] = await list.findAllByText(/, line 7/);
    expect(first?.textContent).toContain('Allows every action');
    expect(second?.textContent).toContain('Unknown action');
    expect(list.getByText('Name the actions. A request for this needs one more approval.')).toBeDefined();
    expect(sent).toEqual([{ body: POLICY, query: `?kind=identity&arn=${encodeURIComponent(ROLE_ARN)}&name=export` }]);
    await expectAccessible();
  });

  it('about the whole policy name no line', async () => {
    show(POLICY, remark({ location: { line: 1, column: 1, filepath: null, string: '' } }));
    expect((await screen.findByText('Unknown action')).parentElement?.textContent).not.toContain('line');
  });

  it('are counted when there are many', async () => {
    show(POLICY, ...Array.from({ length: 15 }, (_, number) => remark({ title: `Remark ${number}` })));
    expect(await screen.findByText('and 3 more')).toBeDefined();
  });

  it('say that there are none', async () => {
    show(POLICY);
    expect(await screen.findByText('Nothing to remark')).toBeDefined();
  });

  it('are not asked for while the text is no policy', () => {
    const { sent } = show('{"Version"');
    expect(screen.queryByRole('region')).toBeNull();
    expect(sent).toEqual([]);
  });

  it('say that and why the policy could not be checked', async () => {
    server.use(
      http.post('/api/v2/policies/check', ({ response }) =>
        response.untyped(refusal(400, 'There is no role of that name.')),
      ),
    );
    renderAlone(<PolicyRemarks text={POLICY} kind="trust" arn="" name="" />);
    expect(await screen.findByText(/could not be checked.*There is no role of that name/)).toBeDefined();
  });
});
