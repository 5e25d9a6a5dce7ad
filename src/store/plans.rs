//! What the host of a discussion means to say: the lesson it follows.

use diesel::prelude::*;

use super::Store;
use super::column::{from_json, to_json};
use super::error::StoreError;
use super::schema::discussions;
use crate::domain::ids::DiscussionId;
use crate::domain::lesson::Plan;

impl Store {
    /// The plan of a discussion, if it has one.
    pub async fn find_plan(&self, of: DiscussionId) -> Result<Option<Plan>, StoreError> {
        self.read(move |conn| {
            let plan: Option<Option<String>> =
                discussions::table.find(of.to_string()).select(discussions::lesson).first(conn).optional()?;
            plan.flatten().map(|plan| from_json(&plan)).transpose()
        })
        .await
    }

    /// Replaces the plan of a discussion.
    pub async fn update_plan(&self, of: DiscussionId, plan: Plan) -> Result<Plan, StoreError> {
        self.write(move |conn| {
            let row = diesel::update(discussions::table.find(of.to_string()));
            match row.set(discussions::lesson.eq(to_json(&plan))).execute(conn)? {
                0 => Err(StoreError::NotFound),
                _ => Ok(plan),
            }
        })
        .await
    }

    /// Notes that a step of the plan was said. [`StoreError::NotFound`]: there is no such step.
    pub async fn mark_said(&self, of: DiscussionId, step: usize) -> Result<Plan, StoreError> {
        self.write(move |conn| {
            let row = || discussions::table.find(of.to_string());
            let kept: Option<Option<String>> = row().select(discussions::lesson).first(conn).optional()?;
            let mut plan: Plan = from_json(&kept.flatten().ok_or(StoreError::NotFound)?)?;
            plan.steps.get_mut(step).ok_or(StoreError::NotFound)?.said = true;
            diesel::update(row()).set(discussions::lesson.eq(to_json(&plan))).execute(conn)?;
            Ok(plan)
        })
        .await
    }
}
