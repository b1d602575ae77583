"""What is measured beside Hamraz, each as a web application that granian serves."""
