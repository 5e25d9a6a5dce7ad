// Going through the door, and on to where one wanted.
import { useMutation } from "@tanstack/react-query";
import { useCallback } from "react";
import { useLocation } from "wouter";
import { wordsOf } from "@/lib/api";
import { getSession, startAsGuest } from "@/lib/session";

const DOORS = ["/sign-in", "/invitation", "/reset", "/confirm", "/start"];

/** Where another page was asked for, it shows itself; from a door one goes to the first page. */
export function useGoOn(): () => void {
  const [location, navigate] = useLocation();
  return useCallback(() => {
    if (DOORS.includes(location)) navigate("/", { replace: true });
  }, [location, navigate]);
}

/** The path to come back to from Google or Microsoft. */
export function useWanted(): string {
  const [location] = useLocation();
  return DOORS.includes(location) ? "/" : location;
}

export function useGuest() {
  const goOn = useGoOn();
  const entering = useMutation({
    mutationFn: async () => {
      // Who is a guest already goes on as the same one.
      if (getSession().state !== "open") await startAsGuest();
    },
    onSuccess: goOn,
  });
  return {
    go: () => {
      if (!entering.isPending) entering.mutate();
    },
    pending: entering.isPending,
    problem: entering.error ? wordsOf(entering.error) : null,
  };
}
