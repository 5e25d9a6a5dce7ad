// One discussion, live.
export default function DiscussionPage({ id }: { id: string }) {
  return <h1>Discussion {id}</h1>;
}
