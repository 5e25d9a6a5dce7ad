// The doors: signing in, an invitation, a link for a new password or for one's address. Links carry their secret behind `#`.
import { useState } from "react";
import { Confirm } from "@/features/account/Confirm";
import { Reset } from "@/features/account/Reset";
import { SignIn } from "@/features/account/SignIn";

interface Props {
  door: "sign-in" | "invitation" | "reset" | "confirm";
}

function secretOf(hash: string): string {
  try {
    return decodeURIComponent(hash.replace(/^#/, "")).trim();
  } catch {
    return "";
  }
}

export default function SignInPage({ door }: Props) {
  const [secret] = useState(() => secretOf(window.location.hash));
  switch (door) {
    case "invitation":
      return <SignIn invitation={secret === "" ? null : secret} />;
    case "reset":
      return <Reset secret={secret} />;
    case "confirm":
      return <Confirm secret={secret} />;
    case "sign-in":
      return <SignIn />;
  }
}
