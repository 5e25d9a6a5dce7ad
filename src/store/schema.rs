//! The tables, as both databases have them. UUIDs and JSON are text, moments are milliseconds since 1970.

use diesel::{allow_tables_to_appear_in_same_query, joinable, table};

table! {
    users (id) {
        id -> Text,
        kind -> Text,
        name -> Text,
        email -> Nullable<Text>,
        email_confirmed_at -> Nullable<BigInt>,
        password_hash -> Nullable<Text>,
        preferences -> Text,
        created_at -> BigInt,
        last_seen_at -> BigInt,
        role -> Text,
    }
}

table! {
    logins (token_hash) {
        token_hash -> Text,
        family_id -> Text,
        user_id -> Text,
        created_at -> BigInt,
        rotated_at -> Nullable<BigInt>,
        expires_at -> BigInt,
        device -> Text,
        began_at -> BigInt,
    }
}

table! {
    idempotency_keys (user_id, key, route) {
        user_id -> Text,
        key -> Text,
        route -> Text,
        response -> Text,
        created_at -> BigInt,
    }
}

table! {
    secrets (name) {
        name -> Text,
        value -> Text,
        created_at -> BigInt,
    }
}

table! {
    heartbeats (id) {
        id -> Integer,
        beat_at -> BigInt,
    }
}

table! {
    characters (id) {
        id -> Text,
        owner_id -> Text,
        card -> Text,
        created_at -> BigInt,
        updated_at -> BigInt,
        source -> Nullable<Text>,
    }
}

table! {
    pictures (id) {
        id -> Text,
        character_id -> Text,
        version -> Integer,
        jpeg -> Binary,
        created_at -> BigInt,
    }
}

table! {
    perspectives (user_id, digest, character_id) {
        user_id -> Text,
        digest -> Text,
        character_id -> Text,
        text -> Text,
        created_at -> BigInt,
    }
}

table! {
    discussions (id) {
        id -> Text,
        owner_id -> Text,
        topic -> Text,
        title -> Text,
        turn_order -> Text,
        floor -> Text,
        last_seq -> BigInt,
        message_count -> BigInt,
        created_at -> BigInt,
        updated_at -> BigInt,
        length -> Text,
        level -> Text,
        archived_at -> Nullable<BigInt>,
        forked_discussion -> Nullable<Text>,
        forked_message -> Nullable<Text>,
        rehearsal -> Bool,
        lesson -> Nullable<Text>,
    }
}

table! {
    participants (discussion_id, position) {
        discussion_id -> Text,
        position -> Integer,
        character_id -> Text,
        card -> Text,
        muted -> Bool,
        gone -> Bool,
    }
}

table! {
    messages (id) {
        id -> Text,
        discussion_id -> Text,
        position -> BigInt,
        seq -> BigInt,
        author_kind -> Text,
        author_id -> Nullable<Text>,
        author_name -> Text,
        current_version -> Integer,
        created_at -> BigInt,
        votes -> Nullable<BigInt>,
    }
}

table! {
    message_versions (message_id, version) {
        message_id -> Text,
        version -> Integer,
        text -> Text,
        status -> Text,
        finish -> Nullable<Text>,
        error -> Nullable<Text>,
        provider -> Nullable<Text>,
        model -> Nullable<Text>,
        input_tokens -> Nullable<BigInt>,
        cache_read_tokens -> Nullable<BigInt>,
        cache_write_tokens -> Nullable<BigInt>,
        output_tokens -> Nullable<BigInt>,
        cost_usd -> Nullable<Double>,
        usage_estimated -> Nullable<Bool>,
        created_at -> BigInt,
        kind -> Text,
        reason -> Nullable<Text>,
        struck_at -> Nullable<BigInt>,
        earlier_reason -> Nullable<Text>,
        words_of -> Nullable<Text>,
        prompt_version -> Nullable<Integer>,
    }
}

table! {
    commands (discussion_id, user_id, client_id) {
        discussion_id -> Text,
        user_id -> Text,
        client_id -> Text,
        seq -> BigInt,
        created_at -> BigInt,
    }
}

table! {
    summaries (discussion_id, version) {
        discussion_id -> Text,
        version -> Integer,
        seq -> BigInt,
        content -> Text,
        created_at -> BigInt,
    }
}

table! {
    recaps (discussion_id, version) {
        discussion_id -> Text,
        version -> Integer,
        position -> BigInt,
        seq -> BigInt,
        text -> Text,
        provider -> Text,
        model -> Text,
        prompt_version -> Integer,
        created_at -> BigInt,
    }
}

table! {
    shares (code) {
        code -> Text,
        discussion_id -> Text,
        created_at -> BigInt,
        expires_at -> BigInt,
        ended_at -> Nullable<BigInt>,
    }
}

table! {
    classrooms (discussion_id) {
        discussion_id -> Text,
        setup -> Text,
    }
}

table! {
    questions (id) {
        id -> Text,
        discussion_id -> Text,
        watcher_id -> Text,
        text -> Text,
        status -> Text,
        created_at -> BigInt,
    }
}

table! {
    question_votes (question_id, watcher_id) {
        question_id -> Text,
        watcher_id -> Text,
    }
}

table! {
    activity (id) {
        id -> Text,
        user_id -> Text,
        kind -> Text,
        at -> BigInt,
        data -> Text,
        received_at -> BigInt,
    }
}

table! {
    identities (provider, tenant, subject) {
        provider -> Text,
        tenant -> Text,
        subject -> Text,
        user_id -> Text,
        created_at -> BigInt,
    }
}

table! {
    links (token_hash) {
        token_hash -> Text,
        kind -> Text,
        user_id -> Text,
        uses_left -> Integer,
        created_at -> BigInt,
        expires_at -> BigInt,
    }
}

table! {
    api_tokens (id) {
        id -> Text,
        user_id -> Text,
        name -> Text,
        token_hash -> Text,
        scopes -> Text,
        created_at -> BigInt,
        expires_at -> Nullable<BigInt>,
        last_used_at -> Nullable<BigInt>,
    }
}

table! {
    admin_actions (id) {
        id -> Text,
        user_id -> Nullable<Text>,
        action -> Text,
        detail -> Text,
        at -> BigInt,
    }
}

table! {
    closed_users (user_hash) {
        user_hash -> Text,
        closed_at -> BigInt,
    }
}

table! {
    texts (id) {
        id -> BigInt,
        discussion_id -> Text,
        message_id -> Nullable<Text>,
        author_id -> Nullable<Text>,
        folded -> Text,
    }
}

table! {
    attempts (id) {
        id -> BigInt,
        user_id -> Nullable<Text>,
        discussion_id -> Nullable<Text>,
        message_id -> Nullable<Text>,
        purpose -> Text,
        first -> Bool,
        provider -> Text,
        model -> Text,
        input_tokens -> BigInt,
        cache_read_tokens -> BigInt,
        cache_write_tokens -> BigInt,
        output_tokens -> BigInt,
        estimated -> Bool,
        cost_usd -> Nullable<Double>,
        reckoned_usd -> Double,
        duration_ms -> BigInt,
        outcome -> Text,
        ended_at -> BigInt,
    }
}

joinable!(message_versions -> messages (message_id));
joinable!(question_votes -> questions (question_id));
allow_tables_to_appear_in_same_query!(questions, question_votes);
allow_tables_to_appear_in_same_query!(discussions, participants, messages, message_versions, texts);
allow_tables_to_appear_in_same_query!(users, discussions);
allow_tables_to_appear_in_same_query!(users, logins);
allow_tables_to_appear_in_same_query!(users, admin_actions);
allow_tables_to_appear_in_same_query!(users, api_tokens, characters);
