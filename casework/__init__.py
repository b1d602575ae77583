"""What happens to a report once it is told: filing, following, resources, retention."""
