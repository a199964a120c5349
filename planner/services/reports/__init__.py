"""Whether it worked: figures summed by network, topic, campaign, goal, week or channel; best and weakest posts; goals.

A delivery belongs to the period of the time that was promised for it, so that report and calendar agree on its week.
"""

from planner.services.reports.channels import Lack, Overview, Reason, lacks_of, newest_answer, over
from planner.services.reports.goals import Progress, goal_progress
from planner.services.reports.posts import DeliveryFigures, DeliveryHistory, Point, post_history, post_metrics
from planner.services.reports.ranking import PostScore, Ranking, best_and_weakest
from planner.services.reports.summary import Row, Summary, summary

__all__ = [
    "DeliveryFigures",
    "DeliveryHistory",
    "Lack",
    "Overview",
    "Point",
    "PostScore",
    "Progress",
    "Ranking",
    "Reason",
    "Row",
    "Summary",
    "best_and_weakest",
    "goal_progress",
    "lacks_of",
    "newest_answer",
    "over",
    "post_history",
    "post_metrics",
    "summary",
]
